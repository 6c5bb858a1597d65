"""Metrics: requests counted per key, hours left to a deletion."""

import functools

from kit import clients, clock, environment, keys
from kit.claims import claim, equal, true
from kit.keys import kms

NAMESPACE = "SYS.KMS"
MINUTE = 60 * 1000


@functools.cache
def _ces():
    return clients.ces(environment.administrator())


def _used():
    key_id = keys.new()
    for _ in range(3):
        kms().encrypt_data(key_id=key_id, plain_text="text")
    return key_id


def _window():
    now = clock.milliseconds()
    return {"_from": now - 10 * MINUTE, "to": now + MINUTE}


def _metrics(**members):
    return _ces().list_metrics(namespace=NAMESPACE, **members)


@claim
def a_key_that_was_used_has_metrics():
    key_id = _used()
    listed = _metrics(dim_0=f"key_id,{key_id}")
    true(listed.metrics, "there are metrics")
    for metric in listed.metrics:
        equal(metric.namespace, NAMESPACE, "namespace")
        equal(
            [(one.name, one.value) for one in metric.dimensions], [("key_id", key_id)], "dimensions"
        )
    equal(listed.meta_data.count, len(listed.metrics), "meta_data.count")


@claim
def requests_are_counted():
    key_id = _used()
    names = {metric.metric_name for metric in _metrics(dim_0=f"key_id,{key_id}").metrics}
    counting = [name for name in names if name == "billing_request_count"]
    true(counting, f"one of {names} counts requests")
    data = _ces().show_metric_data(
        namespace=NAMESPACE,
        metric_name=counting[0],
        dim_0=f"key_id,{key_id}",
        filter="sum",
        period=1,
        **_window(),
    )
    equal(data.metric_name, counting[0], "metric_name")
    total = sum(point.sum for point in data.datapoints)
    true(total >= 3, f"{total} requests of at least 3 are counted")


@claim
def several_metrics_are_asked_for_together():
    key_id = _used()
    names = sorted({metric.metric_name for metric in _metrics(dim_0=f"key_id,{key_id}").metrics})
    wanted = [
        {
            "namespace": NAMESPACE,
            "metric_name": name,
            "dimensions": [{"name": "key_id", "value": key_id}],
        }
        for name in names
    ]
    window = _window()
    answer = _ces().batch_list_metric_data(
        body={
            "metrics": wanted,
            "period": "1",
            "filter": "sum",
            "from": window["_from"],
            "to": window["to"],
        }
    )
    equal(sorted(metric.metric_name for metric in answer.metrics), names, "metric names")


@claim
def another_account_sees_no_metric():
    key_id = _used()
    other = clients.ces(environment.stranger())
    listed = other.list_metrics(namespace=NAMESPACE, dim_0=f"key_id,{key_id}")
    equal(listed.metrics, [], "metrics")
