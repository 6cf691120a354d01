"""DynamoDB for moto: transactions that hold among threads, and that do not copy the whole table."""

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
def dynamodb_on_moto() -> Iterator[None]:
    """For the length of the block, moto's DynamoDB takes one write after the other, each whole or not at all."""
    lock, transaction = threading.RLock(), _Transaction()
    with ExitStack() as patches:
        for name in ("get_item", "put_item", "delete_item"):
            # moto: a transaction that fails puts the table of its beginning back, and other threads' writes are lost.
            original = getattr(DynamoDBBackend, name)
            patches.enter_context(patch.object(DynamoDBBackend, name, _alone(original, lock)))
        # moto: parses and checks an UpdateExpression anew each time it is used (5 ms).
        update = _updated_plainly(DynamoDBBackend.update_item)
        patches.enter_context(patch.object(DynamoDBBackend, "update_item", _alone(update, lock)))
        transact = transaction.of(DynamoDBBackend.transact_write_items)
        patches.enter_context(patch.object(DynamoDBBackend, "transact_write_items", _alone(transact, lock)))
        # moto: copies every item of the table before each transaction: a batch's thousandth item takes a second.
        with_small_copies = types.SimpleNamespace(copy=copy.copy, deepcopy=transaction.copied)
        patches.enter_context(patch.object(dynamodb_models, "copy", with_small_copies))
        yield


def _alone(original: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        with lock:
            return original(*arguments, **named)

    return call


_PLAIN = re.compile(r"(?:SET (?P<set>\w+ = :\w+))? ?(?:ADD (?P<add>\w+ :\w+(?:, \w+ :\w+)*))?")


def _updated_plainly(original: Callable[..., Any]) -> Callable[..., Any]:
    """`SET a = :a ADD b :b, c :c` with numbers to add, once moto has found that expression right."""
    found_right: set[str] = set()

    def update_item(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], **given: Any) -> Any:
        expression, values = given["update_expression"], given["expression_attribute_values"]
        plain = _PLAIN.fullmatch(expression or "")
        if plain is None or expression not in found_right or given.get("expression_attribute_names"):
            item = original(backend, table_name, key, **given)
            found_right.add(expression)
            return item
        current = backend.get_item(table_name, key)
        attributes: dict[str, Any] = dict(dynamo_to_dict(current.attrs)) if current else dict(key)
        if plain["set"]:
            name, value = plain["set"].split(" = ")
            attributes[name] = values[value]
        for name, value in (part.split(" ") for part in (plain["add"] or "").split(", ") if part):
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
    """Which keys the transaction under way writes: only those items can change, so only they are copied."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] | None = None

    def of(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> Any:
            self._items = transact_items
            try:
                return original(backend, transact_items)
            finally:
                self._items = None

        return transact_write_items

    def copied(self, value: Any, memo: Any = None) -> Any:
        if self._items is None or not isinstance(value, Table):
            return copy.deepcopy(value, memo)
        table = copy.copy(value)
        table.items = copy.copy(value.items)
        for operation in (operation for item in self._items for operation in item.values()):
            key = operation.get("Item", operation.get("Key"))[value.hash_key_attr]
            if (hash_key := DynamoType(key)) in table.items:
                table.items[hash_key] = copy.deepcopy(table.items[hash_key])
        return table
