"""Which keys the documents may have: Kubernetes' own by its schemas, those of two others as their pages name them."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal

import kubernetes_validate  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from tests.deploy.k8s.manifests import Document, Site

VERSIONS = ("1.34", "1.37")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class _Metadata(_Strict):
    name: str
    namespace: str
    labels: dict[str, str] = {}


class _Target(_Strict):
    api_version: Literal["apps/v1"]
    kind: Literal["Deployment"]
    name: str


class _Query(_Strict):
    server_address: Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+:\d+$")]
    query: str
    threshold: Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
    activation_threshold: str | None = None
    namespace: str | None = None
    ignore_null_values: Literal["true", "false"] | None = None
    unsafe_ssl: Literal["true", "false"] | None = None
    auth_modes: str | None = None


class _Trigger(_Strict):
    type: Literal["prometheus"]
    name: str | None = None
    metric_type: Literal["AverageValue", "Value"] | None = None
    use_cached_metrics: bool | None = None
    metadata: _Query


class _Policy(_Strict):
    type: Literal["Pods", "Percent"]
    value: Annotated[int, Field(ge=1)]
    period_seconds: Annotated[int, Field(ge=1, le=1800)]


class _Rules(_Strict):
    stabilization_window_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    select_policy: Literal["Max", "Min", "Disabled"] | None = None
    policies: Annotated[list[_Policy], Field(min_length=1)]


class _Behaviour(_Strict):
    scale_up: _Rules | None = None
    scale_down: _Rules | None = None


class _HpaConfig(_Strict):
    name: str | None = None
    behavior: _Behaviour | None = None


class _Advanced(_Strict):
    restore_to_original_replica_count: bool | None = None
    horizontal_pod_autoscaler_config: _HpaConfig | None = None


class _Fallback(_Strict):
    failure_threshold: Annotated[int, Field(ge=1)]
    replicas: Annotated[int, Field(ge=1)]


class _Scaling(_Strict):
    scale_target_ref: _Target
    polling_interval: Annotated[int, Field(ge=1)] | None = None
    cooldown_period: Annotated[int, Field(ge=0)] | None = None
    min_replica_count: Annotated[int, Field(ge=0)] | None = None
    max_replica_count: Annotated[int, Field(ge=1)]
    fallback: _Fallback | None = None
    advanced: _Advanced | None = None
    triggers: Annotated[list[_Trigger], Field(min_length=1)]


class ScaledObject(_Strict):
    """KEDA's, with the Prometheus scaler."""

    api_version: Literal["keda.sh/v1alpha1"]
    kind: Literal["ScaledObject"]
    metadata: _Metadata
    spec: _Scaling


class _Labels(_Strict):
    match_labels: dict[str, str]


class _Relabelling(_Strict):
    source_labels: list[str]
    target_label: str


class _Endpoint(_Strict):
    port: str
    path: str
    interval: Annotated[str, Field(pattern=r"^\d+s$")]
    honor_labels: bool
    relabelings: list[_Relabelling]


class _Monitoring(_Strict):
    selector: _Labels
    job_label: str
    pod_metrics_endpoints: Annotated[list[_Endpoint], Field(min_length=1)]


class PodMonitor(_Strict):
    """The Prometheus operator's, as far as it is used here."""

    api_version: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PodMonitor"]
    metadata: _Metadata
    spec: _Monitoring


_OTHERS: dict[str, type[_Strict]] = {"ScaledObject": ScaledObject, "PodMonitor": PodMonitor}


def faults(site: Site) -> Iterator[str]:
    """Keys that do not exist, values of the wrong kind, and what is missing."""
    for document in site.documents:
        where = f"{document['kind']} {document['metadata']['name']}"
        yield from (f"{where}: {why}" for why in _known(json.dumps(document)))


@cache
def _known(text: str) -> list[str]:
    return list(_of(json.loads(text)))


def _of(document: Document) -> Iterator[str]:
    if document["kind"] in _OTHERS:
        try:
            _OTHERS[document["kind"]].model_validate(document)
        except ValidationError as error:
            yield str(error)
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{'.'.join(map(str, error.path))}: {error.message}"
