"""The forecasters' RayService beside the bidders': held against the same schemas, readers and lists."""

from __future__ import annotations

import copy
from typing import Any

import kubernetes_validate
import pytest
import yaml

import services.forecasting.cluster
from adplat.bootstrap import read_settings
from adplat.domain import ConfigRejected, MissingInput
from services.forecasting.app import APPLICATION, GRPC_SERVICERS
from services.forecasting.run import forecasting_environment
from tests.infra.infra_files import FORECAST_PORTS, INFRA, ROOT
from tests.infra.test_kuberay import CLUSTER as BIDDING
from tests.infra.test_kuberay import CONFIG, FIELDS, KUBERNETES

SERVICE, BUDGET, NETWORK = yaml.safe_load_all((INFRA / "kuberay" / "forecasting.yaml").read_text())
SPEC, CLUSTER = SERVICE["spec"], SERVICE["spec"]["rayClusterConfig"]
HEAD, [FORECASTERS] = CLUSTER["headGroupSpec"], CLUSTER["workerGroupSpecs"]
SERVE = yaml.safe_load(SPEC["serveConfigV2"])
PODS = {"head": HEAD["template"], "forecasters": FORECASTERS["template"]}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("service", SPEC),
        ("cluster", CLUSTER),
        ("head", HEAD),
        ("workers", FORECASTERS),
        ("autoscaler", CLUSTER["autoscalerOptions"]),
        ("fault tolerance", CLUSTER["gcsFaultToleranceOptions"]),
    ],
)
def test_every_field_is_one_that_kuberay_knows(kind: str, told: dict[str, Any]) -> None:
    assert not set(told) - FIELDS[kind]


@pytest.mark.parametrize("name", PODS)
def test_pods_are_kubernetes_own_confined_and_told_what_the_service_is_told(name: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", **copy.deepcopy(PODS[name])}
    pod["metadata"]["name"] = "pod"
    kubernetes_validate.validate(pod, KUBERNETES, strict=True)
    assert pod["spec"]["securityContext"]["runAsNonRoot"]
    [container] = pod["spec"]["containers"]
    assert container["image"] == BIDDING["headGroupSpec"]["template"]["spec"]["containers"][0]["image"]
    assert container["envFrom"] == [{"configMapRef": {"name": "adplat-config"}}]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["spec"]["volumes"]}
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert (ports["serve"], ports["grpc"]) == FORECAST_PORTS


def test_rays_switches_are_those_of_the_service_on_one_machine() -> None:
    wanted = {name: value for name, value in forecasting_environment(ROOT).items() if "_AUTH_" not in name}
    for template in PODS.values():
        [container] = template["spec"]["containers"]
        told = CONFIG | {one["name"]: one["value"] for one in container["env"]}
        assert wanted.items() <= told.items()
        # The bidders' way, which nobody asks for on one machine.
        assert told["RAY_SERVE_THROUGHPUT_OPTIMIZED"] == "0"


def test_the_doors_of_the_service_are_open_and_nothing_else_is() -> None:
    service = {"apiVersion": "v1", "kind": "Service", **SPEC["serveService"]}
    kubernetes_validate.validate(service, KUBERNETES, strict=True)
    assert tuple(one["port"] for one in SPEC["serveService"]["spec"]["ports"]) == FORECAST_PORTS
    assert tuple(one["port"] for one in NETWORK["spec"]["ingress"][0]["ports"]) == FORECAST_PORTS
    assert "from" not in NETWORK["spec"]["ingress"][0]
    [container] = FORECASTERS["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"] == {"path": "/v1/health", "port": FORECAST_PORTS[0]}
    deadline_s = read_settings().forecast_deadline_s
    assert int(container["lifecycle"]["preStop"]["exec"]["command"][1]) > deadline_s
    assert FORECASTERS["template"]["spec"]["terminationGracePeriodSeconds"] > deadline_s


def test_ray_serve_and_rays_autoscaler_read_their_parts_as_they_are_meant() -> None:
    from ray.autoscaler._private.kuberay.autoscaling_config import _derive_autoscaling_config_from_ray_cr
    from ray.serve.config import AutoscalingConfig
    from ray.serve.schema import ServeDeploySchema

    told = ServeDeploySchema(**SERVE)
    assert set(SERVE) <= set(ServeDeploySchema.model_fields)
    [application] = told.applications
    [deployment] = application.deployments
    assert (told.http_options.port, told.grpc_options.port) == FORECAST_PORTS
    assert list(told.grpc_options.grpc_servicer_functions) == GRPC_SERVICERS
    assert (application.name, deployment.name) == (APPLICATION, "ForecastingDeployment")
    scaling = SERVE["applications"][0]["deployments"][0]["autoscaling_config"]
    assert set(scaling) <= set(AutoscalingConfig.model_fields)
    limits = AutoscalingConfig(**scaling)
    read = _derive_autoscaling_config_from_ray_cr(
        {"metadata": {"name": "adplat", "namespace": "adplat"}, "spec": copy.deepcopy(CLUSTER)}
    )["available_node_types"]
    assert (read["headgroup"]["resources"]["CPU"], read["forecasting"]["resources"]["CPU"]) == (0, 1)
    pods = read["forecasting"]["min_workers"], read["forecasting"]["max_workers"]
    assert (limits.min_replicas, limits.max_replicas) == pods, "one replica a pod"
    assert limits.target_ongoing_requests == read_settings().forecast_threads
    assert CLUSTER["rayVersion"] == BIDDING["rayVersion"]
    module, _, name = application.import_path.partition(":")
    assert module == services.forecasting.cluster.__name__
    assert callable(getattr(services.forecasting.cluster, name))


def test_selectors_find_the_forecasters_and_never_the_bidders() -> None:
    labels = FORECASTERS["template"]["metadata"]["labels"]
    assert BUDGET["spec"]["selector"]["matchLabels"] == labels
    [spread] = FORECASTERS["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels
    [of_ours] = [one for one in NETWORK["spec"]["podSelector"]["matchExpressions"] if one["key"].endswith("component")]
    components = {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in PODS.values()}
    assert set(of_ours["values"]) == components
    bidders = BIDDING["workerGroupSpecs"][0]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
    assert bidders not in components


def test_what_needs_one_machine_and_a_lake_that_is_not_there_are_refused(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path))
    with pytest.raises(ConfigRejected, match="SQLite"):
        services.forecasting.cluster.application({})
    monkeypatch.setenv("ADPLAT_DATABASE_URL", "postgresql://adplat@postgres/adplat")
    with pytest.raises(ConfigRejected, match="Valkey"):
        services.forecasting.cluster.application({})
    monkeypatch.setenv("ADPLAT_REDIS_URL", "redis://valkey:6379")
    with pytest.raises(MissingInput):
        services.forecasting.cluster.application({})
    with pytest.raises(ConfigRejected, match="'replicas' is no argument"):
        services.forecasting.cluster.application({"replicas": "3"})
