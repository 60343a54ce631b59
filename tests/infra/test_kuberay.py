"""A cluster with KubeRay: Kubernetes' own schemas, Ray's own readers, and what only this service knows.

KubeRay's custom resource has no schema in a package. What it embeds of Kubernetes is checked as that; the names of its
own fields are held against the list below, read off ``rayservice_types.go`` and ``raycluster_types.go`` of KubeRay 1.5;
and Ray's own autoscaler and Ray Serve read their parts.
"""

from __future__ import annotations

import copy
from typing import Any

import kubernetes_validate
import pytest
import yaml

from adplat.bootstrap import read_settings
from adplat.cli import run
from services.bidding.app import APPLICATION, GRPC_SERVICERS
from services.bidding.ray_switches import serve_environment
from tests.infra.infra_files import GRPC_PORT, HTTP_PORT, INFRA, KNOWN_VARIABLES, ROOT, SECRETS, manifests, read, walk

KUBERNETES = "1.33"
SERVICE = read(INFRA / "kuberay" / "rayservice.yaml")
SPEC, CLUSTER = SERVICE["spec"], SERVICE["spec"]["rayClusterConfig"]
HEAD, [BIDDERS] = CLUSTER["headGroupSpec"], CLUSTER["workerGroupSpecs"]
SERVE = yaml.safe_load(SPEC["serveConfigV2"])
CONFIG = read(INFRA / "kuberay" / "config.yaml")["data"]
OURS = [one for one in manifests() if one["apiVersion"] != "ray.io/v1"]
TEMPLATES = {
    "head": HEAD["template"],
    "bidders": BIDDERS["template"],
    **{one["metadata"]["name"]: one["spec"]["template"] for one in OURS if one["kind"] in ("Deployment", "Job")},
    "cli": next(one for one in OURS if one["kind"] == "Pod"),
}

FIELDS = {
    "service": {
        "serveConfigV2", "rayClusterConfig", "serveService", "upgradeStrategy", "excludeHeadPodFromServeSvc",
    },
    "cluster": {
        "rayVersion", "enableInTreeAutoscaling", "autoscalerOptions", "gcsFaultToleranceOptions", "headGroupSpec",
        "workerGroupSpecs", "authOptions", "headServiceAnnotations", "suspend", "managedBy",
    },
    "head": {"rayStartParams", "template", "serviceType", "headService", "enableIngress", "resources", "labels"},
    "workers": {
        "groupName", "replicas", "minReplicas", "maxReplicas", "numOfHosts", "rayStartParams", "template",
        "scaleStrategy", "idleTimeoutSeconds", "suspend", "resources", "labels",
    },
    "autoscaler": {
        "resources", "image", "imagePullPolicy", "env", "envFrom", "volumeMounts", "securityContext",
        "idleTimeoutSeconds", "upscalingMode", "version",
    },
    "fault tolerance": {"redisAddress", "redisUsername", "redisPassword", "externalStorageNamespace"},
}  # fmt: skip


@pytest.mark.parametrize("manifest", OURS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_every_manifest_is_what_kubernetes_says(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_the_check_is_awake() -> None:
    spoiled = copy.deepcopy(next(one for one in OURS if one["kind"] == "Deployment"))
    spoiled["spec"]["template"]["spec"]["containers"][0]["comand"] = ["adplat"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(spoiled, KUBERNETES, strict=True)


def test_what_kuberay_embeds_of_kubernetes_is_that() -> None:
    for group in (HEAD, BIDDERS):
        pod = {"apiVersion": "v1", "kind": "Pod", **copy.deepcopy(group["template"])}
        pod["metadata"]["name"] = "pod"
        kubernetes_validate.validate(pod, KUBERNETES, strict=True)
    service = {"apiVersion": "v1", "kind": "Service", **SPEC["serveService"]}
    kubernetes_validate.validate(service, KUBERNETES, strict=True)
    assert SPEC["upgradeStrategy"] == {"type": "NewCluster"}
    assert CLUSTER["authOptions"] == {"mode": "token"}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("service", SPEC),
        ("cluster", CLUSTER),
        ("head", HEAD),
        ("workers", BIDDERS),
        ("autoscaler", CLUSTER["autoscalerOptions"]),
        ("fault tolerance", CLUSTER["gcsFaultToleranceOptions"]),
    ],
)
def test_every_field_is_one_that_kuberay_knows(kind: str, told: dict[str, Any]) -> None:
    assert not set(told) - FIELDS[kind]


def test_rays_autoscaler_reads_the_cluster_as_it_is_meant() -> None:
    from ray.autoscaler._private.kuberay.autoscaling_config import _derive_autoscaling_config_from_ray_cr

    told = _derive_autoscaling_config_from_ray_cr(
        {"metadata": {"name": "adplat", "namespace": "adplat"}, "spec": copy.deepcopy(CLUSTER)}
    )
    head, bidding = told["available_node_types"]["headgroup"], told["available_node_types"]["bidding"]
    assert head["resources"]["CPU"] == 0
    assert bidding["resources"]["CPU"] == 1
    assert (bidding["min_workers"], bidding["max_workers"]) == (2, 16)


def test_ray_serve_reads_its_part_as_it_is_meant() -> None:
    from ray.serve.schema import ServeDeploySchema

    told = ServeDeploySchema(**SERVE)
    [application] = told.applications
    [deployment] = application.deployments
    assert (told.http_options.port, told.grpc_options.port) == (HTTP_PORT, GRPC_PORT)
    assert list(told.grpc_options.grpc_servicer_functions) == GRPC_SERVICERS
    assert application.name == APPLICATION
    assert (deployment.name, deployment.num_replicas) == ("BiddingDeployment", "auto")
    # The schema takes any word here; Ray Serve itself takes these.
    from ray.serve.config import AutoscalingConfig

    scaling = SERVE["applications"][0]["deployments"][0]["autoscaling_config"]
    assert set(scaling) <= set(AutoscalingConfig.model_fields)
    assert set(SERVE) <= set(ServeDeploySchema.model_fields)
    limits = AutoscalingConfig(**scaling)
    pods = BIDDERS["minReplicas"], BIDDERS["maxReplicas"]
    assert (limits.min_replicas, limits.max_replicas) == pods, "one replica a pod"
    assert limits.target_ongoing_requests < int(CONFIG["ADPLAT_REQUESTS_AT_ONCE"])


def test_the_import_path_is_the_builder() -> None:
    import services.bidding.cluster

    module, _, name = SERVE["applications"][0]["import_path"].partition(":")
    assert module == services.bidding.cluster.__name__
    assert callable(getattr(services.bidding.cluster, name))


def test_every_setting_is_one_and_rays_switches_are_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {name: value for name, value in CONFIG.items() if name.startswith("ADPLAT_")}
    assert set(ours) <= KNOWN_VARIABLES
    assert not set(ours) & SECRETS
    for name, value in ours.items():
        if name != "ADPLAT_SECRETS_FOLDER":
            monkeypatch.setenv(name, value)
    settings = read_settings()
    assert {name: value for name, value in CONFIG.items() if name not in ours} == serve_environment(settings)
    assert (settings.http_port, settings.grpc_port) == (HTTP_PORT, GRPC_PORT)


def test_the_version_of_ray_is_the_one_that_is_installed_by_the_image() -> None:
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    assert f"ray=={CLUSTER['rayVersion']}" in lock


@pytest.mark.parametrize("name", TEMPLATES)
def test_pods_are_confined_and_read_settings_and_secrets(name: str) -> None:
    spec = TEMPLATES[name]["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["runAsUser"] == 10001
    secret_volumes = [
        one["name"] for one in spec["volumes"] if one.get("secret", {}).get("secretName") == "adplat-secrets"
    ]
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        assert container["image"] == "adplat:0.1.0"
        assert container["envFrom"] == [{"configMapRef": {"name": "adplat-config"}}]
        assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        assert {"name": secret_volumes[0], "mountPath": CONFIG["ADPLAT_SECRETS_FOLDER"], "readOnly": True} in container[
            "volumeMounts"
        ]
        assert {one["name"] for one in container["volumeMounts"]} <= {one["name"] for one in spec["volumes"]}
        if container.get("command") == ["sleep", "infinity"]:
            assert name == "cli"
        elif "command" in container:
            assert container["command"][0] == "adplat"
            assert run([*container["command"][1:], "--help"]) == 0


def test_both_doors_are_open_in_every_bidding_pod_and_in_the_service() -> None:
    [container] = BIDDERS["template"]["spec"]["containers"]
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert ports == {"serve": HTTP_PORT, "grpc": GRPC_PORT}
    assert {one["name"]: one["port"] for one in SPEC["serveService"]["spec"]["ports"]} == ports
    assert container["readinessProbe"]["httpGet"] == {"path": "/v1/health", "port": HTTP_PORT}
    policy = read(INFRA / "kuberay" / "network.yaml")["spec"]
    assert {one["port"] for one in policy["ingress"][0]["ports"]} == set(ports.values())
    assert "from" not in policy["ingress"][0]


def test_selectors_find_the_pods_that_they_are_for() -> None:
    bidding = BIDDERS["template"]["metadata"]["labels"]
    budget = next(one for one in OURS if one["kind"] == "PodDisruptionBudget")
    assert budget["spec"]["selector"]["matchLabels"].items() <= bidding.items()
    [spread] = BIDDERS["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"].items() <= bidding.items()
    worker = next(one for one in OURS if one["kind"] == "Deployment")
    assert worker["spec"]["selector"]["matchLabels"] == worker["spec"]["template"]["metadata"]["labels"]
    assert (worker["spec"]["replicas"], worker["spec"]["strategy"]) == (1, {"type": "Recreate"})
    # The pod for commands is none of these: nobody is sent to it, and no budget counts it.
    assert TEMPLATES["cli"]["metadata"]["labels"]["app.kubernetes.io/component"] == "cli"
    names = {
        name
        for one in walk(read(INFRA / "kuberay" / "network.yaml"))
        if isinstance(one, dict)
        for name in one.get("values", [])
    }
    assert {
        HEAD["template"]["metadata"]["labels"]["app.kubernetes.io/component"],
        bidding["app.kubernetes.io/component"],
    } <= names


def test_the_example_secret_has_every_secret_and_no_secret() -> None:
    told = read(INFRA / "kuberay" / "examples" / "secret.yaml")["stringData"]
    assert {name.lower() for name in SECRETS} | {"valkey_password"} == set(told)
    assert all("REPLACE_ME" in value for value in told.values())
    assert CLUSTER["gcsFaultToleranceOptions"]["redisPassword"]["valueFrom"]["secretKeyRef"]["key"] in told
