"""Answers survive the trip as JSON text; what cannot be an answer is refused with advice."""

import base64
import contextlib
import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.questions.compare import difference
from course.questions.values import (
    DTYPES,
    LIMIT_BITS,
    LIMIT_BYTES,
    LIMIT_DEPTH,
    UnusableValue,
    decode,
    dtype_of,
    encode,
)

EIGHT_BITS = ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz")
TORCH_DTYPES = [
    *("bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128", *EIGHT_BITS),
]


def trip(value):
    """Encode, write as JSON text, read, decode: what the grader does."""
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


@pytest.mark.parametrize(
    "value",
    [
        0,
        -7,
        2**LIMIT_BITS - 1,
        1.5,
        -0.0,
        5e-324,
        True,
        False,
        None,
        "",
        "Grüße, 世界, \x00\x1b[31m",
        [],
        [[], [[]]],
        [1, "a", None, [2.5, True]],
        {},
        {"a": 1, 2: [3], None: None, True: "b", 0.5: {"$array": "float32"}},
        {"$float": "nan", "$dict": 3},
    ],
    ids=repr,
)
def test_plain_values_come_back_as_they_were(value):
    """Numbers, text, lists and dicts come back equal and of the same type, our own tags included."""
    back = trip(value)
    assert back == value and type(back) is type(value)
    assert json.dumps(encode(value)) == json.dumps(encode(value))


def test_special_floats_come_back():
    """JSON cannot write NaN and the infinities; they come back all the same, also as keys."""
    back = trip([math.nan, math.inf, -math.inf, {math.inf: -0.0}])
    assert math.isnan(back[0]) and back[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, back[3][math.inf]) == -1


def test_tuples_and_scalars_become_plain_ones():
    """A tuple comes back as a list, a NumPy scalar as the Python number, a complex number as a 0-d array."""
    assert trip((1, (2, 3))) == [1, [2, 3]]
    for scalar in (np.int16(3), np.float64(3), np.uint64(3), np.longdouble(3)):
        assert trip(scalar) == 3 and type(trip(scalar)) in (int, float)
    assert trip(np.float32(0.1)) == float(np.float32(0.1))
    assert trip(np.bool_(True)) is True and trip(np.str_("a")) == "a"
    assert trip(1 + 2j) == 1 + 2j and trip({np.int64(1): np.float16(0.5)}) == {1: 0.5}


def test_fractions_and_decimals_are_numbers():
    """They come back as the nearest float, at any depth; what no finite float comes near is refused."""
    assert trip(Fraction(1, 3)) == 1 / 3 and trip([{"a": Decimal("0.1")}]) == [{"a": 0.1}]
    assert type(trip(Fraction(4, 2))) is float and trip(Decimal("-0")) == 0
    for value in (
        Fraction(10) ** 400,
        Decimal("1e400"),
        Decimal("Infinity"),
        Decimal("NaN"),
        Decimal("sNaN"),
    ):
        with pytest.raises(UnusableValue, match="no finite float"):
            encode(value)


@pytest.mark.parametrize("name", sorted(DTYPES))
@pytest.mark.parametrize("order", "<>")
def test_arrays_of_every_dtype_come_back_bit_for_bit(name, order):
    """An array keeps dtype, shape and bits, whatever its byte order and memory layout."""
    dtype = np.dtype(name).newbyteorder(order)
    plain = (np.arange(24) - 5).reshape(2, 3, 4).astype(name).astype(dtype)
    for array in (plain, plain.T, plain[:, ::2, ::-1], np.asfortranarray(plain), plain[0, 0, 0], plain[:0]):
        array = np.asarray(array)
        back = trip(array)
        assert back.dtype == np.dtype(name) and back.dtype.isnative and back.shape == array.shape
        assert back.tobytes() == array.astype(name).tobytes()
        assert dtype_of(encode(array)) == name


def test_arrays_keep_nan_and_sign():
    """NaN, infinity and negative zero in an array come back bit for bit."""
    array = np.array([np.nan, np.inf, -np.inf, -0.0], np.float16)
    assert trip(array).tobytes() == array.tobytes()


def test_wider_floats_are_rounded_and_text_arrays_become_lists():
    """Long doubles travel as doubles; an array of text travels as lists of text."""
    assert trip(np.ones((2, 1), np.longdouble)).dtype == np.float64
    assert trip(np.ones(2, np.clongdouble)).dtype == np.complex128
    assert trip(np.array([["a", "bc"]])) == [["a", "bc"]] and trip(np.array("abc")) == "abc"


def test_decoded_arrays_belong_to_the_grader():
    """A decoded array can be written to and does not share memory with what was read."""
    back = trip(np.zeros(3))
    back[0] = 1
    assert back.flags.writeable


@pytest.mark.parametrize("name", TORCH_DTYPES)
def test_tensors_of_every_dtype_keep_their_values(name):
    """A tensor comes back as an array of the same values, and its own dtype stands beside it."""
    tensor = torch.tensor([0, 1, 2, 3, 4, 6]).to(getattr(torch, name)).reshape(2, 3)
    for answer in (tensor, tensor.T, tensor[:, ::2], tensor[0, 0], tensor[:0]):
        encoded = encode(answer)
        assert dtype_of(encoded) == f"torch.{name}"
        back = decode(json.loads(json.dumps(encoded)))
        assert back.shape == tuple(answer.shape)
        exact = torch.complex128 if answer.is_complex() else torch.float64
        np.testing.assert_array_equal(back.astype(np.complex128), answer.to(exact).numpy())


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_half_complex_tensors_travel_as_complex64():
    """complex32, which NumPy lacks, travels as complex64."""
    back = encode(torch.tensor([1 + 2j]).to(torch.complex32))
    assert dtype_of(back) == "torch.complex32" and decode(back) == np.array([1 + 2j], np.complex64)


def test_every_bfloat16_travels_exactly():
    """All 65,536 bit patterns of bfloat16 survive as float32."""
    tensor = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.bfloat16)
    back = torch.from_numpy(trip(tensor))
    torch.testing.assert_close(back, tensor.float(), rtol=0, atol=0, equal_nan=True)


def test_views_and_gradients_do_not_matter():
    """Conjugate and negative views, tensors that require a gradient, and parameters travel by value."""
    tensor = torch.tensor([1 + 2j, 3 - 1j])
    np.testing.assert_array_equal(trip(tensor.conj()), [1 - 2j, 3 + 1j])
    np.testing.assert_array_equal(trip(tensor.conj().imag), [-2, 1])
    weights = torch.nn.Parameter(torch.ones(2))
    np.testing.assert_array_equal(trip(weights * 2), [2, 2])
    np.testing.assert_array_equal(trip({"w": weights})["w"], [1, 1])


REFUSED = {
    "set": ({1, 2}, "type set. Return sorted(...) of it."),
    "frozenset": (frozenset(), "type frozenset. Return sorted(...) of it."),
    "generator": ((i for i in range(3)), "type generator. Return list(...) of it."),
    "map": (map(abs, [1]), "type map. Return list(...) of it."),
    "function": (len, "Call it, and return the result."),
    "bytes": (b"ab", "type bytes. Return numbers, text, lists, dicts, NumPy arrays or torch tensors."),
    "object": (object(), "type object. Return numbers"),
    "in a list": ([1, [object()]], "type object. Return numbers"),
    "datetime": (np.datetime64("2024-01-01"), "type date. Return numbers"),
    "object array": (np.array([object()]), "array of dtype object. Return an array of numbers."),
    "datetimes": (np.array(["2024"], "M8[Y]"), "array of dtype datetime64[Y]. Return an array of numbers."),
    "structured": (np.zeros(1, "i4,f4"), "Return an array of numbers."),
    "masked": (np.ma.array([1.0, 2.0], mask=[0, 1]), "masked array. Return x.filled(...)"),
    "sparse": (torch.eye(2).to_sparse(), "Return a dense one: x.to_dense()."),
    "meta": (torch.empty(2, device="meta"), "Return a dense one"),
    "bits": (torch.empty(2, dtype=torch.bits8), "tensor of dtype torch.bits8. Return one of numbers"),
    "huge integer": (2**LIMIT_BITS, f"integer of more than {LIMIT_BITS} bits. Return a smaller one."),
    "surrogate": (["a \ud800"], "half a character (a surrogate). Return text that text.encode() accepts."),
    "surrogate key": ({"a \ud800": 1}, "half a character (a surrogate)."),
    "tuple key": ({(1, 2): 3}, "key of type tuple. Use text or numbers as keys."),
    "complex key": ({np.complex64(1): 3}, "key of type complex. Use text or numbers as keys."),
    "large text": ("x" * (LIMIT_BYTES + 1), "1,048,577 bytes; at most 1,048,576 are allowed. Return less"),
    "large key": ({"x" * LIMIT_BYTES: 1}, "at most 1,048,576 are allowed. Return less"),
    "large list": ([0.5] * 200_000, "at most 1,048,576 are allowed. Return less"),
    "large array": (np.zeros((512, 513)), "2,101,248 bytes (shape (512, 513), float64)"),
    "large tensor": (torch.zeros(600, 700), "1,680,000 bytes (shape (600, 700), torch.float32)"),
    "large view": (torch.zeros(1).expand(10**9), "4,000,000,000 bytes"),
    "large in all": ([np.zeros(90_000), np.zeros(90_000)], "at most 1,048,576 are allowed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_an_answer_is_refused_with_advice(case):
    """The message names the type or the size, and what to return instead, in one line."""
    value, words = REFUSED[case]
    with pytest.raises(UnusableValue) as refused:
        encode(value)
    assert words in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype")
def test_nested_tensors_are_refused():
    """A tensor of tensors with different lengths has no shape to compare."""
    for layout in (torch.jagged, torch.strided):
        nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=layout)
        with pytest.raises(UnusableValue, match="Return a dense one"):
            encode(nested)


def test_depth_is_limited():
    """Twenty levels pass, one more does not; a list that holds itself ends too."""

    def nested(levels):
        value = 1
        for _ in range(levels):
            value = [value]
        return value

    deepest = nested(LIMIT_DEPTH - 1)
    assert trip(deepest) == deepest
    loop = []
    loop.append(loop)
    for value in (nested(LIMIT_DEPTH), loop, {"a": nested(LIMIT_DEPTH - 1)}):
        with pytest.raises(UnusableValue, match=r"deeper than 20 levels. Return a flat list"):
            encode(value)


def test_exactly_one_mebibyte_passes():
    """The limit itself is allowed, for one array and for text."""
    assert trip(np.zeros(LIMIT_BYTES - 2, np.uint8)).size == LIMIT_BYTES - 2
    assert len(trip("x" * LIMIT_BYTES)) == LIMIT_BYTES


def deep(levels, inner=0):
    for _ in range(levels):
        inner = [inner]
    return inner


def array(**changed):
    right = {"$array": "float64", "shape": [2], "data": base64.b64encode(bytes(16)).decode()}
    return {key: value for key, value in (right | changed).items() if value is not ...}


HOSTILE = {
    "no tag": {},
    "unknown tag": {"$pickle": "gASVAAAA"},
    "float of text": {"$float": "1e999"},
    "float of list": {"$float": ["nan"]},
    "float of dict": {"$float": {}},
    "dict of dict": {"$dict": {"a": 1}},
    "dict of text": {"$dict": "ab"},
    "dict of scalars": {"$dict": [1]},
    "dict of triples": {"$dict": [[1, 2, 3]]},
    "dict with list key": {"$dict": [[[1], 2]]},
    "dict with array key": {"$dict": [[array(), 2]]},
    "dict with bad value": {"$dict": [["a", {"$float": "x"}]]},
    "unknown dtype": array(**{"$array": "object"}),
    "dtype with layout": array(**{"$array": ">f8"}),
    "dtype of list": array(**{"$array": ["float64"]}),
    "structured dtype": array(**{"$array": "i4,f4"}),
    "no shape": array(shape=...),
    "shape of text": array(shape="2"),
    "shape of float": array(shape=[2.0]),
    "shape of bool": array(shape=[True, 2]),
    "negative shape": array(shape=[-1, -2]),
    "another shape": array(shape=[3]),
    "giant shape": array(shape=[2**31 - 1] * 16),
    "huge number": array(shape=[10**300]),
    "giant and empty": array(shape=[0, *[2**31 - 1] * 5], data=""),
    "many axes": array(shape=[1] * 16 + [2]),
    "no data": array(data=...),
    "data of bytes": array(data=[0] * 16),
    "bad base64": array(data="?" * 24),
    "short base64": array(data="AAA"),
    "spaces in base64": array(data=array()["data"] + "\n"),
    "not ascii": array(data="é" * 24),
    "too large": array(shape=[LIMIT_BYTES], data="A" * (LIMIT_BYTES * 2)),
    "deep": deep(LIMIT_DEPTH + 2),
    "very deep": deep(900),
    "deep in a dict": {"$dict": [["a", deep(LIMIT_DEPTH + 1)]]},
    "not data": object(),
    "a million things": [[]] * 2**19 + [None],
    "as deep as memory": deep(100_000),
    "too many arrays": [array(data=base64.b64encode(bytes(2**19)).decode(), shape=[2**16])] * 3,
    "too many that are not finite": [{"$float": "nan"}] * 2**18,
    "long text": "x" * (LIMIT_BYTES + 1),
    "a key that chooses its hash": {"$dict": [[2**61 - 1, 0]]},
    "an integer of 2000 bits": 2**2000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_data_are_unusable_and_nothing_else(case):
    """Whatever a forged bundle holds, decoding it gives UnusableValue, and allocates nothing large."""
    with pytest.raises(UnusableValue):
        decode(HOSTILE[case])


def test_lists_and_scalars_come_back_as_they_are():
    """Half a million lists are measured level by level; only what holds a dict is built anew."""
    lists = [[[], [True, None]], ["a", 2.5, -3]] * 25_000
    assert decode(lists) is lists
    lists.append({"$float": "inf"})
    assert decode(lists) == [*lists[:-1], float("inf")]


def test_the_dtype_beside_an_array_is_a_claim():
    """A forged dtype is cut to a short text; data without one have none."""
    assert dtype_of(array(tensor="x" * 100)) == "x" * 40
    assert dtype_of(array(tensor=deep(5000))) == "float64"
    assert dtype_of(3) is None and dtype_of({"$float": "nan"}) is None and dtype_of(None) is None


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(width=64)
    | st.text(st.characters(), max_size=5)
    | st.sampled_from([np.float32(0.1), np.int8(-3), 1 + 2j])
)
shapes = st.lists(st.integers(0, 3), max_size=3)
arrays = st.builds(
    lambda name, shape, seed: (np.random.default_rng(seed).normal(size=shape) * 100).astype(name),
    st.sampled_from(sorted(DTYPES - {n for n in DTYPES if n.startswith("uint")})),
    shapes,
    st.integers(0, 9),
)
keys = st.text(max_size=3) | st.integers(-5, 5) | st.booleans() | st.none()
values = st.recursive(
    scalars | arrays,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=100, derandomize=True, database=None)
@given(values)
def test_whatever_travels_equals_itself(value):
    """Encoded, written, read and decoded, any allowed answer equals itself with tolerance zero."""
    assert difference(trip(value), trip(value), rtol=0, atol=0) is None
    assert difference(decode(encode(value)), trip(value), rtol=0, atol=0) is None


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["$array", "$dict", "$float", "shape", "data", "tensor"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_decodes_or_is_unusable(data):
    """No JSON value makes decode raise anything but UnusableValue."""
    with contextlib.suppress(UnusableValue):
        decode(data)
