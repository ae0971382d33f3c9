"""Rules of services, roles, addresses, webhooks, credentials and notifications."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Api, breaking

from pytest_conversations_fake.state.account import AccountView

C = "/v1/Conversations"
PEOPLE = f"{C}/talk/Participants"
DESK = "+15550199"


@pytest.fixture
def account(account: AccountView) -> AccountView:
    account.conversations.add(unique_name="talk")
    return account


@pytest.mark.rule("role-delete")
def test_role_in_use_can_be_deleted(api: Api, account: AccountView) -> None:
    api.post(PEOPLE, {"Identity": "ada"})
    sid = account.participants.one().role_sid

    assert 204 == api.delete(f"/v1/Roles/{sid}").status
    assert sid == account.participants.one().role_sid


@pytest.mark.rule("permission-names", "permissions-replaced")
@pytest.mark.parametrize(
    ("permissions", "code"), [(["fly"], 50104), (["sendMessage", ""], 50104), ([""], 20001)]
)
def test_unknown_permission_is_refused(api: Api, permissions: list[str], code: int) -> None:
    form = {"FriendlyName": "x", "Type": "service", "Permission": permissions}

    assert code == api.post("/v1/Roles", form).response["code"]


@pytest.mark.rule("permission-names")
def test_permission_of_the_other_type_of_role_is_refused(api: Api) -> None:
    def code(kind: str, permission: str) -> Any:
        form = {"FriendlyName": "x", "Type": kind, "Permission": permission}
        made = api.post("/v1/Roles", form)
        return made.response.get("code", made.status)

    assert [201, 50104] == [code("service", each) for each in ("joinConversation", "sendMessage")]
    assert [50104, 201] == [
        code("conversation", each) for each in ("joinConversation", "sendMessage")
    ]


@pytest.mark.parametrize(
    ("form", "code", "rule"),
    [
        breaking("webhook-target", {"Target": "carrier pigeon"}, 50364),
        breaking("webhook-needs", {"Target": "webhook"}, 50369),
        breaking("webhook-needs", {"Target": "webhook", "Configuration.Url": "u"}, 50370),
        breaking("webhook-needs", {"Target": "trigger", "Configuration.Url": "u"}, 50371),
        breaking("flow-form", {"Target": "studio", "Configuration.FlowSid": "FW0"}, 50367),
        breaking("webhook-flow", {"Target": "studio"}, 50367),
    ],
)
def test_webhook_without_a_parameter_of_its_target_is_refused(
    api: Api, account: AccountView, form: dict[str, Any], code: int, rule: str
) -> None:
    refused = api.post(f"{C}/talk/Webhooks", form)

    assert (code, rule) == (refused.response["code"], refused.rule)
    assert 0 == len(account.scoped_webhooks)


@pytest.mark.rule("roles-of-service", "later-roles", "conversation-role", "user-role")
def test_changed_default_roles_apply_to_new_records(api: Api, account: AccountView) -> None:
    service = account.default_service.sid
    roles = {role.friendly_name: role.sid for role in account.roles}
    other = account.services.add().sid
    elsewhere = account.roles.find(chat_service_sid=other).sid
    path = f"/v1/Services/{service}/Configuration"
    api.post(PEOPLE, {"Identity": "ada"})

    def code(role: str) -> Any:
        answered = api.post(path, {"DefaultConversationRoleSid": role})
        return answered.response.get("code", answered.status)

    assert [50105, 50100, 200] == [
        code(roles["service admin"]),
        code(elsewhere),
        code(roles["channel admin"]),
    ]
    creator = {"DefaultConversationCreatorRoleSid": roles["service user"]}
    assert 50105 == api.post(path, creator).response["code"]
    api.post(path, {"DefaultChatServiceRoleSid": roles["service admin"]})
    api.post(PEOPLE, {"Identity": "ben"})
    assert [roles["channel user"], roles["channel admin"]] == [
        each.role_sid for each in account.participants
    ]
    assert [roles["service user"], roles["service admin"]] == [
        each.role_sid for each in account.users
    ]


@pytest.mark.rule("service-names")
def test_services_may_share_a_name(api: Api) -> None:
    assert [201, 201] == [api.post("/v1/Services", {"FriendlyName": "x"}).status for _ in range(2)]


@pytest.mark.rule("dangling-service")
def test_address_keeps_the_sid_of_a_deleted_service(api: Api, account: AccountView) -> None:
    service = account.services.add().sid
    account.address_configurations.add(address=DESK, auto_creation_conversation_service_sid=service)

    api.delete(f"/v1/Services/{service}")

    kept = api.get(f"/v1/Configuration/Addresses/{DESK}").response["auto_creation"]
    assert service == kept["conversation_service_sid"]


@pytest.mark.rule("address-text", "studio-retries")
def test_retry_count_of_an_address_is_0_to_3(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    urn = {"Type": "whatsapp", "Address": "urn:mbid:WX0"}

    retried = [
        api.post(path, {**urn, "AutoCreation.StudioRetryCount": count}).status
        for count in ("4", "-1", "3")
    ]

    assert [400, 400, 201] == retried


@pytest.mark.rule("webhook-method", "webhook-urls")
def test_webhook_configuration_with_an_invalid_method_or_url_is_refused(
    api: Api, account: AccountView
) -> None:
    for path in (
        "/v1/Configuration/Webhooks",
        f"/v1/Services/{account.default_service.sid}/Configuration/Webhooks",
    ):

        def code(path: str = path, **form: str) -> Any:
            answered = api.post(path, form)
            return answered.response.get("code", answered.status)

        assert 50055 == code(Method="PUT")
        assert 50077 == code(PreWebhookUrl="/hook")
        assert 50078 == code(PostWebhookUrl="ftp://a.example")
        assert 200 == code(PostWebhookUrl="HTTPS://a.example/hook?x=1")
        assert 200 == code(PostWebhookUrl="")
        assert api.get(path).response["post_webhook_url"] is None


@pytest.mark.rule("webhook-shown", "webhook-extras", "webhook-target")
def test_webhook_shows_the_parameters_of_its_target(api: Api, account: AccountView) -> None:
    everything = {
        "Configuration.Url": "https://a.example",
        "Configuration.Filters": ["onMessageAdded"],
        "Configuration.Triggers": ["help"],
        "Configuration.FlowSid": "FW" + "0" * 32,
        "Configuration.ReplayAfter": "3",
    }

    def shown(target: str) -> Any:
        made = api.post(f"{C}/talk/Webhooks", {**everything, "Target": target})
        return made.response.get("configuration", made.response.get("code"))

    sent_to = {"url": "https://a.example", "method": "POST"}
    assert {**sent_to, "filters": ["onMessageAdded"]} == shown("webhook")
    assert {**sent_to, "triggers": ["help"]} == shown("TRIGGER")
    assert {"flow_sid": "FW" + "0" * 32} == shown("studio")
    assert 50368 == shown("")


@pytest.mark.rule("credential-name-length")
def test_name_of_a_credential_has_at_most_64_characters(api: Api) -> None:
    statuses = [
        api.post("/v1/Credentials", {"Type": "fcm", "FriendlyName": "x" * length}).status
        for length in (64, 65)
    ]

    assert [201, 400] == statuses


@pytest.mark.rule("webhook-flow")
def test_studio_webhook_without_a_flow_is_refused(api: Api, account: AccountView) -> None:
    assert 50367 == api.post(f"{C}/talk/Webhooks", {"Target": "studio"}).response["code"]
    assert account.scoped_webhooks.add(
        conversation_sid=account.conversations.one().sid, target="studio"
    ).configuration_flow_sid.startswith("FW")


@pytest.mark.rule("webhook-needs")
def test_update_that_clears_a_required_filter_is_refused(api: Api, account: AccountView) -> None:
    sid = account.scoped_webhooks.add(conversation_sid=account.conversations.one().sid).sid

    refused = api.post(f"{C}/talk/Webhooks/{sid}", {"Configuration.Filters": ""})

    assert 50370 == refused.response["code"]


@pytest.mark.rule("service-filters")
def test_filters_of_a_service_are_null_until_it_is_configured(
    api: Api, account: AccountView
) -> None:
    path = f"/v1/Services/{account.default_service.sid}/Configuration/Webhooks"

    assert api.get(path).response["filters"] is None
    assert api.post(path).response["filters"] is None
    assert [] == api.post(path, {"Method": "GET"}).response["filters"]


@pytest.mark.rule("notification-lengths")
def test_long_template_of_a_notification_is_accepted(api: Api, account: AccountView) -> None:
    path = f"/v1/Services/{account.default_service.sid}/Configuration/Notifications"

    assert 200 == api.post(path, {"NewMessage.Template": "x" * 100_000}).status


@pytest.mark.rule("address-country", "address-text")
def test_address_has_any_country_and_at_most_256_characters(api: Api) -> None:
    path = "/v1/Configuration/Addresses"
    form = {"Type": "sms", "AddressCountry": "Germany"}

    statuses = [api.post(path, {**form, "Address": "x" * length}).status for length in (257, 256)]

    assert [400, 201] == statuses


@pytest.mark.rule("default-service-delete")
def test_new_default_service_cannot_be_deleted(api: Api, account: AccountView) -> None:
    first, desk = account.default_service.sid, account.services.add().sid
    api.post("/v1/Configuration", {"DefaultChatServiceSid": desk})

    assert 20001 == api.delete(f"/v1/Services/{desk}").response["code"]
    assert 204 == api.delete(f"/v1/Services/{first}").status
