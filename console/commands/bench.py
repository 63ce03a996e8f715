"""`maskwatch bench`: what this machine does a frame for."""

import typer

from console.commands import bench_capacity, bench_seed, bench_stage

app = typer.Typer(
    help="Measure on this machine: stages, how many cameras it holds, or the whole system against a simple loop."
)
app.command()(bench_stage.stage)
app.command()(bench_seed.seed)
app.command()(bench_capacity.capacity)


@app.callback(invoke_without_command=True)
def bench(context: typer.Context) -> None:
    """Measure on this machine; without a kind: `stage`."""
    if context.invoked_subcommand is None:
        bench_stage.stage()
