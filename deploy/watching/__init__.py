"""Prometheus, Alertmanager and Grafana of this machine, beside a system that runs."""
