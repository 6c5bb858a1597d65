"""How the SDKs find their project and their account with nothing but an access key."""

import os

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam.v3 import IamClient, KeystoneListAuthDomainsRequest
from huaweicloudsdkkms.v2 import KmsClient, ListKeysRequest
from huaweicloudsdkkms.v2.region.kms_region import KmsRegion

from kit import clients, environment, raw
from kit.claims import claim, equal, true
from kit.environment import ENDPOINT, REGION, administrator


@claim
def the_project_is_found_by_the_regions_name():
    owner = administrator()
    credentials = BasicCredentials(owner.ak, owner.sk).with_iam_endpoint(ENDPOINT)
    client = (
        KmsClient.new_builder()
        .with_credentials(credentials)
        .with_region(Region(REGION, ENDPOINT))
        .build()
    )
    equal(credentials.project_id, owner.project_id, "project_id")
    equal(client.list_keys(ListKeysRequest()).status_code, 200, "status")


@claim
def the_regions_address_and_the_credentials_come_from_the_environment():
    owner = administrator()
    os.environ[f"HUAWEICLOUD_SDK_REGION_KMS_{REGION.upper().replace('-', '_')}"] = ENDPOINT
    equal(os.environ.get("HUAWEICLOUD_SDK_AK"), owner.ak, "HUAWEICLOUD_SDK_AK")
    client = KmsClient.new_builder().with_region(KmsRegion.value_of(REGION)).build()
    equal(client.list_keys(ListKeysRequest()).status_code, 200, "status")


@claim
def the_account_is_found():
    owner = administrator()
    credentials = GlobalCredentials(owner.ak, owner.sk).with_iam_endpoint(ENDPOINT)
    client = (
        IamClient.new_builder()
        .with_credentials(credentials)
        .with_region(Region(REGION, ENDPOINT))
        .build()
    )
    equal(credentials.domain_id, owner.domain_id, "domain_id")
    domains = client.keystone_list_auth_domains(KeystoneListAuthDomainsRequest()).domains
    equal([domain.id for domain in domains], [owner.domain_id], "domains")


@claim
def projects_are_listed_with_their_members():
    owner = administrator()
    answer = raw.signed(owner, "GET", f"/v3/projects?name={REGION}")
    equal(answer.status, 200, "status")
    projects = answer.json()["projects"]
    equal(len(projects), 1, "projects of that name")
    project = projects[0]
    equal((project["id"], project["name"]), (owner.project_id, REGION), "project")
    equal(project["domain_id"], owner.domain_id, "domain_id")
    equal((project["enabled"], project["is_domain"]), (True, False), "flags")
    true({"self", "next", "previous"} <= answer.json()["links"].keys(), "links")


@claim
def a_name_that_no_project_has_finds_none():
    answer = raw.signed(administrator(), "GET", "/v3/projects?name=mars-north-1")
    equal((answer.status, answer.json()["projects"]), (200, []), "answer")


@claim
def another_account_finds_its_own():
    other = environment.stranger()
    answer = raw.signed(other, "GET", f"/v3/projects?name={REGION}")
    equal([project["id"] for project in answer.json()["projects"]], [other.project_id], "projects")


@claim
def the_catalog_names_the_key_service():
    catalog = clients.iam(administrator()).keystone_show_catalog().catalog
    true("kms" in [entry.type for entry in catalog], "kms is in the catalog")


@claim
def the_caller_is_named():
    answer = raw.signed(administrator(), "GET", "/v5/caller-identity")
    equal(answer.status, 200, f"status ({answer.body[:200]!r})")
    equal(answer.json()["account_id"], administrator().domain_id, "account_id")
    true({"principal_id", "principal_urn"} <= answer.json().keys(), "the principal is named")


@claim
def look_ups_need_a_proof():
    for path in (
        f"/v3/projects?name={REGION}",
        "/v3/auth/domains",
        "/v5/caller-identity",
        "/v3/users",
    ):
        equal(raw.unsigned("GET", path).status, 401, f"status of {path}")
