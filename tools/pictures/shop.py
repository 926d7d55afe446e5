"""The example: what happened in a project called github.com/acme/shop."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from opencode.parts import Finish, Reasoning, Text, ToolCall, ToolResult
from tools.pictures.example import Outline, Said

__all__ = ["PROJECT", "SESSIONS"]

PROJECT = "github.com/acme/shop"

MODEL = "gpt-5"

MINUTE, HOUR, DAY = 60, 3_600, 86_400

CHECKOUT = '''\
"""From a cart to an order that is paid for."""

from shop import mail, orders, payments
from shop.cart import Cart
from shop.payments import Card, Declined


def checkout(cart: Cart, card: Card) -> Order:
    """Turn a cart into an order."""
    order = orders.reserve(cart.items)
    cart.clear()
    try:
        payments.charge(card, order.total)
    except Declined:
        orders.release(order)
        raise
    order.confirm()
    mail.send_receipt(order)
    return order


def total(cart: Cart) -> Money:
    """Return what the cart costs, shipping included."""
    return sum(item.price for item in cart.items) + shipping(cart)
'''

FIXED = CHECKOUT.replace(
    '''\
    """Turn a cart into an order."""
    order = orders.reserve(cart.items)
    cart.clear()
    try:
        payments.charge(card, order.total)
    except Declined:
        orders.release(order)
        raise
    order.confirm()
    mail.send_receipt(order)
''',
    '''\
    """Turn a cart into a paid order."""
    order = orders.reserve(cart.items)
    try:
        payments.charge(card, order.total)
    except Declined:
        orders.release(order)
        raise
    order.confirm()
    cart.clear()
    mail.send_receipt(order)
''',
)

TIDIED = FIXED.replace(
    """\
    order = orders.reserve(cart.items)
    try:
        payments.charge(card, order.total)
    except Declined:
        orders.release(order)
        raise
    order.confirm()
    cart.clear()
""",
    """\
    with orders.reserved(cart.items) as order:
        payments.charge(card, order.total)
        order.confirm()
    cart.clear()
""",
).replace("import Card, Declined", "import Card")

TESTS = """\
def test_a_declined_card_leaves_the_cart_alone(cart: Cart) -> None:
    with pytest.raises(Declined):
        checkout(cart, card=DECLINED)
    assert len(cart.items) == 2
"""

FOUND = """\
shop/checkout.py:11:    cart.clear()
shop/views.py:88:    cart.clear()"""

EXPLAINED = """\
## What happens

`checkout()` clears the cart **before** the card is charged. When the bank says no, the order is \
released, but the cart stays as it is: empty.

| step | cart | order |
|---|---|---|
| reserve the items | full | pending |
| `cart.clear()` | **empty** | pending |
| the card is declined | **empty** | released |

So the cart goes last, once the order is paid for:

```python
with orders.reserved(cart.items) as order:
    payments.charge(card, order.total)
    order.confirm()
cart.clear()  # only now is it safe
```
"""

DONE = """\
A declined card now leaves the cart alone, and a test holds that. The other call, in \
`views.py:88`, is the *Empty cart* button and stays.
"""

PASSED = """\
........................................  [100%]
40 passed in 1.62s"""


def call(id: str, name: str, **arguments: str) -> ToolCall:
    """Return a call of a tool."""
    return ToolCall(id, name, json.dumps(arguments))


def edited(id: str, old: str, new: str, path: str) -> ToolResult:
    """Return what a tool for editing answers, with the difference it made."""
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), path, path)
    return ToolResult(id, "edit", f"Edited {path}", json.dumps({"diff": "".join(lines)}))


CART: Sequence[Said] = (
    Said(
        "user",
        [Text("When a card is declined the customer comes back to an empty cart. Why? Mend it.")],
    ),
    Said(
        "assistant",
        [
            Reasoning(
                "The cart is probably cleared before the payment is certain.\n"
                "Look at everything that clears it."
            ),
            call("shop-grep", "bash", command="rg -n 'cart.clear' shop"),
            Finish("tool_use"),
        ],
        MODEL,
    ),
    Said("tool", [ToolResult("shop-grep", "bash", FOUND)]),
    Said(
        "assistant",
        [
            Text(EXPLAINED),
            call("shop-edit", "edit", file_path="shop/checkout.py"),
            call("shop-tests", "task", description="Write a test that declines the card"),
            Finish("tool_use"),
        ],
        MODEL,
    ),
    Said("tool", [edited("shop-edit", CHECKOUT, TIDIED, "shop/checkout.py")]),
    Said("tool", [ToolResult("shop-tests", "task", "tests/test_checkout.py has 1 test more.")]),
    Said(
        "assistant",
        [call("shop-pytest", "bash", command="pytest -q tests/test_checkout.py")],
        MODEL,
    ),
    Said("tool", [ToolResult("shop-pytest", "bash", PASSED)]),
    Said("assistant", [Text(DONE), Finish("end_turn")], MODEL),
)


def asked(question: str, answer: str) -> tuple[Said, ...]:
    """Return a short conversation."""
    return (Said("user", [Text(question)]), Said("assistant", [Text(answer)], MODEL))


SEARCH = """\
The query sorted 1.2 million rows to show twenty. With an index that ends in `id` the database \
stops after twenty:

```sql
CREATE INDEX products_by_price ON products (category, price, id);
```

| | before | after |
|---|---:|---:|
| p50 | 1,140 ms | 31 ms |
| p95 | 1,810 ms | 240 ms |
"""

SESSIONS: Sequence[Outline] = (
    Outline(
        "shop-cart",
        "Keep the cart when a card is declined",
        age=2 * MINUTE + 30,
        tokens=128_400,
        cost=1.93,
        said=CART,
        files=[
            ("shop/checkout.py", CHECKOUT),
            ("shop/checkout.py", FIXED),
            ("shop/checkout.py", TIDIED),
        ],
    ),
    Outline(
        "shop-tests",
        "Write a test that declines the card",
        age=4 * MINUTE,
        tokens=18_300,
        cost=0.21,
        said=asked("Decline the card in a test.", "`tests/test_checkout.py` has 1 test more."),
        files=[("tests/test_checkout.py", TESTS)],
        parent="shop-cart",
    ),
    Outline(
        "shop-review",
        "Review the change to checkout()",
        age=3 * MINUTE + 30,
        tokens=9_700,
        cost=0.12,
        said=asked("Is anything else lost?", "No: the receipt is sent after the cart is empty."),
        parent="shop-cart",
    ),
    Outline(
        "shop-search",
        "Search page: 1.8 s → 240 ms",
        age=47 * MINUTE + 30,
        author="Grace",
        tokens=402_100,
        cost=5.18,
        said=asked("The search page takes almost two seconds. Where do they go?", SEARCH) * 9,
    ),
    Outline(
        "shop-address",
        "日本語の住所を正しく検証する",
        age=2 * HOUR + 20 * MINUTE,
        author="花子",
        tokens=76_900,
        cost=0.84,
        said=asked("郵便番号は７桁です。", "半角と全角の両方を受け付けます。") * 6,
    ),
    Outline(
        "shop-import",
        "Nightly import skips rows",
        age=5 * HOUR + 20 * MINUTE,
        author="Tomás",
        tokens=91_200,
        cost=1.07,
        said=asked("It skips 12 of 90,000 rows.", "They hold a quote that is never closed.") * 8,
    ),
    Outline(
        "shop-rounding",
        "Round prices only once",
        age=9 * HOUR + 20 * MINUTE,
        tokens=33_500,
        cost=0.42,
        said=asked("A total is one cent off.", "Each line was rounded for itself.") * 5,
    ),
    Outline(
        "shop-webhooks",
        "Retry webhooks with backoff",
        age=1 * DAY + HOUR,
        author="Grace",
        tokens=214_000,
        cost=2.66,
        said=asked("Partners miss events.", "Each is now tried for 24 hours.") * 14,
    ),
    Outline(
        "shop-mail",
        "Versandbestätigung prüfen",
        age=1 * DAY + 9 * HOUR,
        author="Jörg",
        tokens=12_800,
        cost=0.15,
        said=asked("Stimmt die Anrede?", "Fast: in einer Zeile wird geduzt.") * 2,
    ),
    Outline(
        "shop-dark",
        "Dark mode for the checkout",
        age=2 * DAY + HOUR,
        author="花子",
        tokens=158_600,
        cost=1.98,
        said=asked("Follow the system's setting.", "Done with `prefers-color-scheme`.") * 11,
    ),
    Outline("shop-untitled", "", age=3 * DAY + HOUR, author="Tomás"),
    Outline(
        "shop-upgrade",
        "Upgrade to Python 3.13",
        age=5 * DAY + HOUR,
        tokens=287_300,
        cost=3.41,
        said=asked("What has to change?", "Two dependencies, and one regular expression.") * 17,
    ),
    Outline(
        "shop-stock",
        "Count stock in two places",
        age=6 * DAY + HOUR,
        author="Tomás",
        tokens=21_900,
        cost=0.27,
        said=asked("Who counts what?", "The one that ships it.") * 3,
    ),
    Outline(
        "shop-release",
        "Release notes for 4.2",
        age=23 * DAY,
        author="Grace",
        tokens=8_400,
        cost=0.09,
        said=asked("From the merged changes, please.", "Here is a draft.") * 2,
    ),
)
