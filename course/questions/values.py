"""Answer serialization: answers as pure data, what may leave a notebook, and how it travels as JSON.

Numbers, text, booleans, None, lists, tuples, dicts, NumPy arrays and torch tensors may, nested at most
20 deep and 1 MiB in all. Nothing is pickled. In JSON a plain object always carries one of our tags:

    {"$float": "nan"}                                          floats that JSON cannot write
    {"$dict": [[key, value], ...]}                             a dict, keys of any allowed scalar type
    {"$array": "float32", "shape": [2, 3], "data": base64}     an array; little-endian, C order
    {"$array": ..., "tensor": "torch.bfloat16"}                a tensor, and the dtype that it had

Fractions and Decimals travel as the nearest float; dtypes that NumPy does not know (bfloat16, float8) as
float32, which holds all their values exactly.
"""

import base64
import binascii
import math
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import chain

import numpy as np

LIMIT_BYTES = 2**20
LIMIT_DEPTH = 20
LIMIT_BITS, LIMIT_KEY_BITS = (
    1024,
    60,
)  # of keys, more could be made to have the same hash, a hundred thousand times
BYTES = {list: 2, dict: 0, type(None): 1, bool: 1, str: 0, int: 8, float: 8}  # dict, str: what is in it
FLAT = BYTES.keys() - {dict, list}
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = frozenset(("bool", *INTEGERS, "float16", "float32", "float64", "complex64", "complex128"))
ALLOWED = "Return numbers, text, lists, dicts, NumPy arrays or torch tensors."


class UnusableValue(ValueError):
    """A value that cannot be an answer; the text says what to return instead."""


def encode(value: object) -> object:
    """Turn an answer into JSON-ready data.

    Raises:
        UnusableValue: another type than the allowed ones, more than 1 MiB, or nested deeper than 20.
    """
    encoded, size = _encode(value, LIMIT_DEPTH)
    _refuse_large(size)
    return encoded


def _encode(value: object, depth: int) -> tuple[object, int]:
    """The encoded value and its size in bytes; stops early when an array alone is too large."""
    if depth == 0:
        raise UnusableValue(f"The answer is nested deeper than {LIMIT_DEPTH} levels. Return a flat list.")
    if isinstance(value, np.generic):
        value = _narrow(np.asarray(value)).item()
    if value is None or isinstance(value, bool):
        return value, 1
    if isinstance(value, int):
        if value.bit_length() > LIMIT_BITS:
            raise UnusableValue(
                f"The answer is an integer of more than {LIMIT_BITS} bits. Return a smaller one."
            )
        return int(value), 8
    if isinstance(value, float):
        return (float(value) if math.isfinite(value) else {"$float": repr(float(value))}), 8
    if isinstance(value, Fraction | Decimal):
        return _encode_exact(value), 8
    if isinstance(value, complex):
        return _encode_array(np.asarray(value))
    if isinstance(value, str):
        return str(value), _text_bytes(value)
    if isinstance(value, list | tuple):
        pairs = [_encode(item, depth - 1) for item in value]
        return [item for item, _ in pairs], sum(size for _, size in pairs) + 2
    if isinstance(value, dict):
        rows = [(_encode_key(key), _encode(item, depth - 1)) for key, item in value.items()]
        size = sum(8 + size_of_key + size_of_item for (_, size_of_key), (_, size_of_item) in rows) + 2
        return {"$dict": [[key, item] for (key, _), (item, _) in rows]}, size
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _encode_tensor(value, torch)
    raise UnusableValue(f"The answer is of type {type(value).__qualname__}. {_advice(value)}")


def _encode_exact(value: Fraction | Decimal) -> float:
    try:
        number = float(value)
    except (OverflowError, ValueError):  # of a large fraction, of a signaling NaN
        number = math.inf
    if not math.isfinite(number):
        kind = type(value).__qualname__
        raise UnusableValue(f"The answer is a {kind} that no finite float comes near. Return float(...).")
    return number


def _text_bytes(text: str) -> int:
    try:
        return len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise UnusableValue(
            "The answer is text with half a character (a surrogate). Return text that text.encode() accepts."
        ) from None


def _encode_key(key: object) -> tuple[object, int]:
    key = key.item() if isinstance(key, np.generic) else key
    if isinstance(key, int) and key.bit_length() > LIMIT_KEY_BITS:
        raise UnusableValue(
            f"A dict in the answer has a key of more than {LIMIT_KEY_BITS} bits. Use text as keys."
        )
    if key is None or isinstance(key, bool | int | float | str):
        return _encode(key, 1)
    raise UnusableValue(
        f"A dict in the answer has a key of type {type(key).__qualname__}. Use text or numbers as keys."
    )


def _encode_array(array: np.ndarray, tensor: str | None = None) -> tuple[object, int]:
    if array.dtype.kind == "U":
        return _encode(array.tolist(), LIMIT_DEPTH)
    if isinstance(array, np.ma.MaskedArray):
        raise UnusableValue("The answer is a masked array. Return x.filled(...), with a number for the gaps.")
    array = _narrow(array)
    if array.dtype.name not in DTYPES:
        raise UnusableValue(f"The answer is an array of dtype {array.dtype}. Return an array of numbers.")
    _refuse_large(array.nbytes, f" (shape {array.shape}, {array.dtype})")
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    encoded = {
        "$array": array.dtype.name,
        "shape": list(array.shape),
        "data": base64.b64encode(plain.tobytes()).decode("ascii"),
    }
    if tensor is not None:
        encoded["tensor"] = tensor
    return encoded, array.nbytes + 2


def _narrow(array: np.ndarray) -> np.ndarray:
    """Long doubles, whose size differs between systems, as doubles."""
    if array.dtype.char in "gG":
        return array.astype(np.float64 if array.dtype.char == "g" else np.complex128)
    return array


def _refuse_large(size: int, details: str = "") -> None:
    if size > LIMIT_BYTES:
        raise UnusableValue(
            f"The answer has {size:,} bytes{details}; at most {LIMIT_BYTES:,} are allowed. "
            "Return less, or a summary."
        )


def _encode_tensor(tensor, torch) -> tuple[object, int]:
    if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_meta or tensor.is_quantized:
        raise UnusableValue(
            "The answer is a sparse, nested, quantized or meta tensor. Return a dense one: x.to_dense()."
        )
    _refuse_large(tensor.numel() * tensor.element_size(), f" (shape {tuple(tensor.shape)}, {tensor.dtype})")
    dense = tensor.detach().cpu().resolve_conj().resolve_neg()
    try:
        array = dense.numpy()
    except (TypeError, RuntimeError):  # bfloat16, float8, complex32: NumPy has no such dtype
        try:
            array = dense.to(torch.complex64 if dense.is_complex() else torch.float32).numpy()
        except RuntimeError:  # bits8, int4: containers without arithmetic
            raise UnusableValue(
                f"The answer is a tensor of dtype {tensor.dtype}. Return one of numbers: x.float()."
            ) from None
    return _encode_array(array, tensor=str(tensor.dtype))


def _advice(value: object) -> str:
    if isinstance(value, set | frozenset):
        return "Return sorted(...) of it."
    if hasattr(value, "to_numpy"):
        return "Return its values: x.to_numpy()."
    if hasattr(value, "__next__"):
        return "Return list(...) of it."
    if callable(value):
        return "Call it, and return the result."
    return ALLOWED


def decode(encoded: object) -> object:
    """Rebuild an answer from data that may come from a hostile notebook. Tensors come back as arrays.

    Lists, numbers and text are what they are: without dicts in it, the value itself comes back.

    Raises:
        UnusableValue: anything that `encode` cannot have written.
    """
    return _decode(encoded, LIMIT_DEPTH + 1) if _measured(encoded) else encoded


def _measured(encoded: object) -> bool:
    """Refuse what is too large or nested too deep; whether anything is left to be decoded.

    One level after the other, with hardly a step of Python for each item: a MiB holds half a million lists.
    Bytes are counted as `encode` counts them, or two less for an array.
    """
    level, size, coded = [encoded], 0, False
    for _depth in range(LIMIT_DEPTH + 1):
        kinds = Counter(map(type, level))
        coded = coded or not kinds.keys() <= FLAT | {list}
        dicts = [item for item in level if type(item) is dict] if kinds[dict] else []
        size += sum(count * BYTES.get(kind, 8) for kind, count in kinds.items()) + sum(map(_size, dicts))
        size += sum(len(item) for item in level if type(item) is str) if kinds[str] else 0
        if size > LIMIT_BYTES:
            raise UnusableValue("too large")
        numbers = [item for item in level if type(item) is int] if kinds[int] else [0]
        if max(max(numbers), -min(numbers)) >> LIMIT_BITS:
            raise UnusableValue("an integer that is too large")
        lists = [item for item in level if type(item) is list] if kinds[list] else []
        pairs = chain.from_iterable(item["$dict"] for item in dicts if type(item.get("$dict")) is list)
        lists.extend(pair if type(pair) is list else [pair] for pair in pairs)
        level = list(chain.from_iterable(lists))
        if not level:
            return coded
    raise UnusableValue("nested too deep")


def _size(encoded: dict) -> int:
    """Bytes of the numbers of an array, of a number that is not finite, of the places for keys."""
    if "$float" in encoded:
        return 8
    if type(encoded.get("$dict")) is list:
        return 2 + 8 * len(encoded["$dict"])
    return max(2, len(encoded["data"]) * 3 // 4) if type(encoded.get("data")) is str else 2


def _decode(encoded: object, depth: int) -> object:
    if depth == 0:
        raise UnusableValue("nested too deep")
    if isinstance(encoded, list):
        if not encoded or FLAT.issuperset(map(type, encoded)):
            return encoded
        return [_decode(item, depth - 1) for item in encoded]
    if encoded is None or isinstance(encoded, bool | int | float | str):
        return encoded
    if not isinstance(encoded, dict):
        raise UnusableValue("not data")
    if "$float" in encoded:
        if encoded["$float"] not in ("nan", "inf", "-inf"):
            raise UnusableValue("not a float")
        return float(encoded["$float"])
    if isinstance(encoded.get("$dict"), list):
        try:
            return {_decode_key(key): _decode(value, depth - 1) for key, value in encoded["$dict"]}
        except (TypeError, ValueError) as error:
            raise UnusableValue("not a dict") from error
    return _decode_array(encoded)


def _decode_key(encoded: object) -> object:
    if isinstance(encoded, int) and encoded.bit_length() > LIMIT_KEY_BITS:
        raise UnusableValue("a key that is too large")
    return _decode(encoded, 2)


def _decode_array(encoded: dict) -> np.ndarray:
    name, shape, data = encoded.get("$array"), encoded.get("shape"), encoded.get("data")
    if not isinstance(name, str) or name not in DTYPES or not isinstance(data, str):
        raise UnusableValue("not an array")
    if (
        not isinstance(shape, list)
        or len(shape) > 16
        or not all(type(n) is int and 0 <= n < 2**31 for n in shape)
    ):
        raise UnusableValue("not a shape")
    if len(data) > LIMIT_BYTES * 4 // 3 + 4:
        raise UnusableValue("too large")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableValue("not base64") from error
    dtype = np.dtype(name).newbyteorder("<")
    if len(raw) != math.prod(shape) * dtype.itemsize:
        raise UnusableValue("shape and data differ")
    try:
        return np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="))
    except ValueError as error:  # no element, and other axes that NumPy cannot hold
        raise UnusableValue("not a shape") from error


def dtype_of(encoded: object) -> str | None:
    """The dtype that an encoded array or tensor had ("torch.bfloat16", "int64"); None for other values."""
    if isinstance(encoded, dict) and "$array" in encoded:
        claims = (encoded.get("tensor"), encoded["$array"])
        return next((claim[:40] for claim in claims if isinstance(claim, str)), None)
    return None
