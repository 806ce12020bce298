"""Which right does each address need?  Written down apart from the routes, so that a change of one is seen.

``open``: everyone; ``page``: whoever is signed in, others are led to sign in; ``own account``: whoever is signed in,
no token; else a permission of `oberih.web.access.may`.  A route without a row fails a test: add it here.
"""

from __future__ import annotations

RIGHTS: dict[str, str] = {
    "GET /": "page", "GET /designer": "page", "GET /event": "page", "GET /regimes": "page", "GET /evidence": "page",
    "GET /report": "page", "GET /api": "page", "GET /account": "open", "GET /openapi.json": "open",
    "GET /favicon.ico": "open",
    "GET /api/v1/words/{language}": "open",
    # the site and what is computed for it
    "GET /api/v1/map/style": "read", "GET /api/v1/basemap": "read", "GET /api/v1/situation": "read",
    "GET /api/v1/situation/readings.csv": "read", "GET /api/v1/situation/plume": "read", "GET /api/v1/live": "read",
    "GET /api/v1/design/choices": "read", "GET /api/v1/design": "compute",
    "GET /api/v1/design/export/{format}": "compute",
    "POST /api/v1/uploads/{kind}": "compute", "GET /api/v1/uploads/{id}": "compute",
    "GET /api/v1/event/choices": "read", "GET /api/v1/event": "compute", "GET /api/v1/event/field": "compute",
    "GET /api/v1/event/grid": "read", "GET /api/v1/event/places/{place}": "compute",
    "GET /api/v1/event/settlements.csv": "compute", "GET /api/v1/event/zones.geojson": "compute",
    "GET /api/v1/report.html": "compute", "GET /api/v1/report.pdf": "compute",
    # rules and record
    "GET /api/v1/participation/events": "read", "GET /api/v1/participation/positions": "read",
    "GET /api/v1/participation/actors/{name}": "read", "GET /api/v1/participation/events/{name}": "read",
    "GET /api/v1/participation/positions/{name}": "read",
    "GET /api/v1/regimes": "read", "GET /api/v1/regimes/{name}": "read",
    "GET /api/v1/regimes/{name}/obligations/{obligation}": "read", "GET /api/v1/regimes/{name}/history": "read",
    "GET /api/v1/regimes/{name}/history/export/{form}": "read", "GET /api/v1/regimes/{name}/export/{form}": "read",
    "GET /api/v1/evidence": "read", "GET /api/v1/evidence/records": "read", "GET /api/v1/evidence/record": "read",
    "GET /api/v1/evidence/records/{number}": "read", "GET /api/v1/evidence/proof/{number}": "read",
    "GET /api/v1/evidence/consistency": "read", "GET /api/v1/evidence/checkpoint": "read",
    "GET /api/v1/evidence/records/{number}/attachments/{sha256}": "read", "GET /api/v1/evidence/bundle": "read",
    "POST /api/v1/evidence/records": "record", "POST /api/v1/evidence/records/{number}/corrections": "record",
    "POST /api/v1/evidence/records/{number}/attachments": "record",
    # accounts
    "GET /api/v1/account/me": "open", "POST /api/v1/account/sign-in": "open", "POST /api/v1/account/sign-out": "open",
    "POST /api/v1/account/password": "own account", "POST /api/v1/account/factor": "own account",
    "POST /api/v1/account/factor/first-code": "own account", "POST /api/v1/account/factor/removal": "own account",
    "POST /api/v1/account/recovery-codes": "own account", "GET /api/v1/account/sessions": "own account",
    "DELETE /api/v1/account/sessions/{id}": "own account", "GET /api/v1/account/tokens": "own account",
    "POST /api/v1/account/tokens": "own account", "DELETE /api/v1/account/tokens/{id}": "own account",
    "GET /api/v1/accounts": "accounts", "POST /api/v1/accounts": "accounts",
    "PATCH /api/v1/accounts/{name}": "accounts", "POST /api/v1/accounts/{name}/password": "accounts",
    "POST /api/v1/accounts/{name}/unlocking": "accounts", "DELETE /api/v1/accounts/{name}/factor": "accounts",
    "DELETE /api/v1/accounts/{name}/sessions": "accounts",
    "DELETE /api/v1/accounts/{name}/tokens/{id}": "accounts",
}  # fmt: skip

MAY: dict[str, set[str]] = {
    "reader": {"read"}, "analyst": {"read", "compute"}, "custodian": {"read", "compute", "record"},
    "administrator": {"read", "accounts"},
}  # fmt: skip
"""Which role may do what; apart from the program's own table, so that a change of one is seen."""
