"""Which forms move money, found by themselves: those whose view comes, by whatever names, to a service that does."""

from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isfunction, unwrap
from types import FunctionType

from tests.test_access import patterns

# Where the services live that take, give back, close, send up, claim or credit money.
MODULES = (
    "payments.services.cards",
    "payments.services.entering",
    "payments.services.funding",
    "payments.services.receipts",
    "payments.services.remitting",
    "payments.services.reversing",
    "payments.services.settling",
    "payments.services.subsidies",
    "payments.services.taking",
    "payments.services.transferring",
    "enrollment.account_services",
    "enrollment.change_services",
    "enrollment.change_undoing",
    "households.services.repaid",
    "rosters.services.depositing",
    "rosters.services.taking",
)
# What these modules also hold: it reads, writes down that a paper was printed, or corrects what is registered.
OTHERS = frozenset(
    {
        *("is_being_printed", "record_print", "record_workmanship_print", "rehearse_change", "note_new_member"),
        *("step_of", "to_remit", "change_facts", "not_in_time"),
    }
)


def services() -> frozenset[FunctionType]:
    """The functions themselves, below whatever decorates them."""
    found = set()
    for name in MODULES:
        module = import_module(name)
        for known, value in vars(module).items():
            if callable(value) and getattr(value, "__module__", "") == name and not known.startswith("_"):
                found.add(unwrap(value))
    return frozenset(each for each in found if isfunction(each) and each.__name__ not in OTHERS)


def money_forms() -> dict[str, frozenset[str]]:
    """Each address that takes a form and comes to such a service: its name → the services' names."""
    moves = services()
    found = {}
    for pattern in patterns():
        if "POST" in methods(pattern.callback):
            reached = frozenset(each.__name__ for each in reachable(pattern.callback) if each in moves)
            if reached:
                found[pattern.name] = reached
    return found


def methods(view: Callable[..., object]) -> frozenset[str]:
    """What `require_http_methods` around a view lets through; a view without it takes everything."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return frozenset(view.__closure__[names.index("request_method_list")].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return frozenset({"GET", "POST"})


def reachable(view: Callable[..., object]) -> Iterator[FunctionType]:
    """The view, what it names, and what those of the views' modules name in turn."""
    seen: set[FunctionType] = set()
    waiting = [unwrap(view)]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        yield function
        if ".views" in function.__module__:
            waiting += [each for each in map(unwrap, named_in(function)) if isfunction(each)]


def named_in(function: FunctionType) -> list[object]:
    """What the globals hold under the names that a function, or one inside it, uses."""
    codes, names = [function.__code__], set()
    while codes:
        code = codes.pop()
        names |= set(code.co_names)
        codes += [each for each in code.co_consts if hasattr(each, "co_names")]
    return list(callables(*(function.__globals__[name] for name in names if name in function.__globals__)))


def callables(*values: object) -> Iterator[object]:
    """Those among the values, also where they lie in a table: BACK = {"deposit": (…, withdraw_deposit)}."""
    for value in values:
        if callable(value):
            yield value
        elif isinstance(value, dict):
            yield from callables(*value.values())
        elif isinstance(value, (list, tuple)):
            yield from callables(*value)
