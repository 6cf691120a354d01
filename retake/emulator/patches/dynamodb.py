"""DynamoDB for moto: transactions that are safe among threads and do not copy the whole table."""

import copy
import re
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import moto.dynamodb.models as dynamodb_models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict


@contextmanager
def patch_dynamodb() -> Iterator[None]:
    """Inside the block, make moto's DynamoDB serialize all requests, so that each write is atomic."""
    lock, transaction = threading.RLock(), _Transaction()
    with ExitStack() as patches:
        for name in ("get_item", "put_item", "delete_item"):
            # moto: a transaction that fails restores the table as it was at its start, so other threads' writes are lost.
            original = getattr(DynamoDBBackend, name)
            patches.enter_context(patch.object(DynamoDBBackend, name, _hold_lock(original, lock)))
        # moto: parses and checks an UpdateExpression each time it is used (5 ms).
        update = _update_without_parser(DynamoDBBackend.update_item)
        patches.enter_context(patch.object(DynamoDBBackend, "update_item", _hold_lock(update, lock)))
        transact = transaction.wrap(DynamoDBBackend.transact_write_items)
        patches.enter_context(patch.object(DynamoDBBackend, "transact_write_items", _hold_lock(transact, lock)))
        # moto: copies every item of the table before each transaction, so a batch's thousandth item takes a second.
        copy_module = types.SimpleNamespace(copy=copy.copy, deepcopy=transaction.deepcopy)
        patches.enter_context(patch.object(dynamodb_models, "copy", copy_module))
        yield


def _hold_lock(original: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        with lock:
            return original(*arguments, **named)

    return call


_SIMPLE_UPDATE = re.compile(r"(?:SET (?P<set>\w+ = :\w+))? ?(?:ADD (?P<add>\w+ :\w+(?:, \w+ :\w+)*))?")


def _update_without_parser(original: Callable[..., Any]) -> Callable[..., Any]:
    """Apply `SET a = :a ADD b :b, c :c` (with numbers to add) here, after moto has checked the expression once."""
    checked: set[str] = set()

    def update_item(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], **given: Any) -> Any:
        expression, values = given["update_expression"], given["expression_attribute_values"]
        simple = _SIMPLE_UPDATE.fullmatch(expression or "")
        if simple is None or expression not in checked or given.get("expression_attribute_names"):
            item = original(backend, table_name, key, **given)
            checked.add(expression)
            return item
        current = backend.get_item(table_name, key)
        attributes: dict[str, Any] = dict(dynamo_to_dict(current.attrs)) if current else dict(key)
        if simple["set"]:
            name, value = simple["set"].split(" = ")
            attributes[name] = values[value]
        for name, value in (part.split(" ") for part in (simple["add"] or "").split(", ") if part):
            before = Decimal(attributes.get(name, {"N": "0"})["N"])
            attributes[name] = {"N": format(before + Decimal(values[value]["N"]), "f")}
        return backend.put_item(
            table_name,
            attributes,
            condition_expression=given.get("condition_expression"),
            expression_attribute_values=values,
        )

    return update_item


class _Transaction:
    """The items that the current transaction writes. Only they can change, so only they are copied."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] | None = None

    def wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> Any:
            self._items = transact_items
            try:
                return original(backend, transact_items)
            finally:
                self._items = None

        return transact_write_items

    def deepcopy(self, value: Any, memo: Any = None) -> Any:
        if self._items is None or not isinstance(value, Table):
            return copy.deepcopy(value, memo)
        table = copy.copy(value)
        table.items = copy.copy(value.items)
        for operation in (operation for item in self._items for operation in item.values()):
            key = operation.get("Item", operation.get("Key"))[value.hash_key_attr]
            if (hash_key := DynamoType(key)) in table.items:
                table.items[hash_key] = copy.deepcopy(table.items[hash_key])
        return table
