"""The API describes itself."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.http import Site
from tests.web.reading import FACT
from tracker.core.vocabulary import references


async def test_the_description_of_the_api_is_whole(site: Site) -> None:
    described = (await site.http.get("/api/v1/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource(described, DRAFT202012))
    for reference in set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(described))):
        registry.resolver("urn:api").lookup(reference)

    def check(name: str, value: object) -> None:
        Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry).validate(value)

    example = schemas["TrackOut"]["example"]
    check("TrackOut", example)
    assert set(example) == set(schemas["TrackOut"]["properties"])
    assert set(example["stage"]) == set(schemas["StageOut"]["properties"])
    assert set(example["promise"]) == set(schemas["PromiseOut"]["properties"])
    assert set(example["needs"][0]) == set(schemas["NeedOut"]["properties"])
    assert set(example["history"][0]) == set(schemas["LineOut"]["properties"])
    assert set(example["messages"][0]) == set(schemas["MessageOut"]["properties"])
    assert all(field["examples"] for field in schemas["TrackIn"]["properties"].values())
    assert references.read(example["reference"]) is not None, "the example adds up"
    body = described["paths"]["/api/v1/track"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["$ref"].endswith("TrackIn")

    reference = await site.case()
    check("TrackOut", (await site.track(reference, FACT)).json())


async def test_the_language_is_answered_when_it_is_offered(site: Site) -> None:
    reference = await site.case()
    for asked in ("en", "xx", "../../etc", ""):
        assert (await site.track(reference, FACT, language=asked)).json()["language"] == "en"
