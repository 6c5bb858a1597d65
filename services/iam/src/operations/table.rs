//! The rows.

use std::sync::Arc;

use kit::api::{
    Access, Audit, Call, Failure, Given, Member, Method, Operation, Reply, Route, Table, TraceKind,
};

use super::fields::{
    ACCESS_KEY, AUTH, CREDENTIAL, DISPLAY_NAME, DOMAIN_ID, ENABLED, GROUP, GROUP_ID, NAME,
    NOCATALOG, PERMISSION_TYPE, ROLE, ROLE_ID, TARGET_PROJECT_ID, USER, USER_ID,
};
use super::{attachments, credentials, groups, projects, roles, tokens, users};
use crate::authentication::Iam;
use crate::error::{FLAT, KEYSTONE};

/// The longest body: a policy document with everything around it.
const MAX_BODY_BYTES: usize = 64 * 1024;

type Run = fn(&Arc<Iam>, &Call<'_>) -> Result<Reply, Failure>;

/// All operations without their code.
#[must_use]
pub fn rows() -> Vec<&'static Operation> {
    let rows = KEYSTONE_ROUTES.iter().chain(FLAT_ROUTES);
    rows.map(|row| &row.0.operation).collect()
}

/// The operations under `/v3`, whose errors have Keystone's form.
#[must_use]
pub fn keystone(iam: Arc<Iam>) -> Table<Arc<Iam>> {
    Table {
        name: "IAM",
        catalogue: &KEYSTONE,
        body_bytes_max: MAX_BODY_BYTES,
        routes: KEYSTONE_ROUTES.iter().map(|row| &row.0).collect(),
        state: iam,
    }
}

/// The operations under `/v3.0` and `/v5`, whose errors are flat.
#[must_use]
pub fn flat(iam: Arc<Iam>) -> Table<Arc<Iam>> {
    Table {
        name: "IAM",
        catalogue: &FLAT,
        body_bytes_max: MAX_BODY_BYTES,
        routes: FLAT_ROUTES.iter().map(|row| &row.0).collect(),
        state: iam,
    }
}

/// A row of the tables, which its methods complete.
struct Row(Route<Arc<Iam>>);

impl Row {
    /// Lets in who brings no credentials in the headers: the body may have a token.
    const fn optional(mut self) -> Self {
        self.0.operation.access = Access::Optional;
        self
    }

    /// Begins a row: name, what it does, method and path, what it takes, the function.
    const fn new(
        name: &'static str,
        summary: &'static str,
        call: (Method, &'static str),
        takes: &'static [Member],
        run: Run,
    ) -> Self {
        let operation = Operation {
            name,
            summary,
            method: call.0,
            path: call.1,
            takes,
            access: Access::Caller,
            ..Operation::BLANK
        };
        Self(Route { operation, run })
    }

    /// Asks for a permission.
    const fn needs(mut self, actions: &'static [&'static str]) -> Self {
        self.0.operation.actions = actions;
        self
    }

    /// Answers with another status than 200.
    const fn answers(mut self, status: u16) -> Self {
        self.0.operation.status = status;
        self
    }

    /// Is traced, with the type of what it changes and the member that names it.
    const fn traced(mut self, resource: &'static str, about: Option<&'static str>) -> Self {
        self.0.operation.audit = Some(Audit {
            name: self.0.operation.name,
            resource,
            about,
            kind: TraceKind::Management,
        });
        self
    }

    /// Has these members in its answer.
    const fn gives(mut self, gives: &'static [Given]) -> Self {
        self.0.operation.gives = gives;
        self
    }

    /// Is for everybody.
    const fn open(mut self) -> Self {
        self.0.operation.access = Access::Open;
        self
    }
}

use Method::{Delete, Get, Head, Patch, Post, Put};

const OF_USER: &[Member] = &[USER_ID.path()];
const OF_GROUP: &[Member] = &[GROUP_ID.path()];
const OF_MEMBER: &[Member] = &[GROUP_ID.path(), USER_ID.path()];
const OF_ROLE: &[Member] = &[ROLE_ID.path()];
const IN_PROJECT: &[Member] = &[TARGET_PROJECT_ID.path(), GROUP_ID.path(), ROLE_ID.path()];
const IN_ACCOUNT: &[Member] = &[DOMAIN_ID.path(), GROUP_ID.path(), ROLE_ID.path()];
const OF_KEY: &[Member] = &[ACCESS_KEY.path()];
const CREATE_USER: &[Member] = &[USER.required()];
const CHANGE_USER: &[Member] = &[USER_ID.path(), USER.required()];
const CREATE_ROLE: &[Member] = &[ROLE.required()];
const CHANGE_ROLE: &[Member] = &[ROLE_ID.path(), ROLE.required()];
const LIST_USERS: &[Member] = &[NAME.query(), DOMAIN_ID.query(), ENABLED.query()];
const LIST_ROLES: &[Member] = &[
    NAME.query(),
    DISPLAY_NAME.query(),
    DOMAIN_ID.query(),
    PERMISSION_TYPE.query(),
];
const TOKEN: &[Given] = &[Given::open("token", "object")];
const SECRET: &[Given] = &[Given::secret("credential", "object")];

const PROJECT_ROLE: &str = "/v3/projects/{target_project_id}/groups/{group_id}/roles/{role_id}";
const ACCOUNT_ROLE: &str = "/v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}";
const EVERY_PROJECT_ROLE: &str =
    "/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects";
const MEMBER: &str = "/v3/groups/{group_id}/users/{user_id}";
const KEYS: &str = "/v3.0/OS-CREDENTIAL/credentials";
const KEY: &str = "/v3.0/OS-CREDENTIAL/credentials/{access_key}";

#[rustfmt::skip] // A table reads by its columns.
static KEYSTONE_ROUTES: &[Row] = &[
    // Tokens and looking around.
    Row::new("createToken", "Signs in and gives a token", (Post, "/v3/auth/tokens"), &[AUTH.required(), NOCATALOG.query()], tokens::create)
        .open().answers(201).gives(TOKEN).traced("token", None),
    Row::new("showToken", "Shows what a token stands for", (Get, "/v3/auth/tokens"), &[NOCATALOG.query()], tokens::show)
        .gives(TOKEN),
    Row::new("listProjects", "Lists the account's projects", (Get, "/v3/projects"), &[NAME.query(), DOMAIN_ID.query(), ENABLED.query()], projects::list),
    Row::new("showProject", "Shows a project", (Get, "/v3/projects/{target_project_id}"), &[TARGET_PROJECT_ID.path()], projects::show),
    Row::new("listAuthProjects", "Lists the caller's projects", (Get, "/v3/auth/projects"), &[], projects::list),
    Row::new("listAuthDomains", "Lists the caller's account", (Get, "/v3/auth/domains"), &[], projects::accounts),
    Row::new("showCatalog", "Shows where the services are", (Get, "/v3/auth/catalog"), &[], tokens::catalog),
    // Users.
    Row::new("createUser", "Makes a user", (Post, "/v3/users"), CREATE_USER, users::create)
        .needs(&["iam:users:createUser"]).answers(201).traced("user", None),
    Row::new("listUsers", "Lists the account's users", (Get, "/v3/users"), LIST_USERS, users::list)
        .needs(&["iam:users:listUsers"]),
    Row::new("showUser", "Shows a user", (Get, "/v3/users/{user_id}"), OF_USER, users::show),
    Row::new("updateUser", "Changes a user", (Patch, "/v3/users/{user_id}"), CHANGE_USER, users::update)
        .needs(&["iam:users:updateUser"]).traced("user", Some("user_id")),
    Row::new("deleteUser", "Deletes a user with all credentials", (Delete, "/v3/users/{user_id}"), OF_USER, users::delete)
        .needs(&["iam:users:deleteUser"]).answers(204).traced("user", Some("user_id")),
    Row::new("changePassword", "Changes one's own password", (Post, "/v3/users/{user_id}/password"), CHANGE_USER, users::change_password)
        .answers(204).traced("user", Some("user_id")),
    Row::new("listUserGroups", "Lists a user's groups", (Get, "/v3/users/{user_id}/groups"), OF_USER, users::groups),
    // Groups.
    Row::new("createGroup", "Makes a group", (Post, "/v3/groups"), &[GROUP.required()], groups::create)
        .needs(&["iam:groups:createGroup"]).answers(201).traced("group", None),
    Row::new("listGroups", "Lists the account's groups", (Get, "/v3/groups"), &[NAME.query(), DOMAIN_ID.query()], groups::list)
        .needs(&["iam:groups:listGroups"]),
    Row::new("showGroup", "Shows a group", (Get, "/v3/groups/{group_id}"), OF_GROUP, groups::show)
        .needs(&["iam:groups:getGroup"]),
    Row::new("updateGroup", "Changes a group", (Patch, "/v3/groups/{group_id}"), &[GROUP_ID.path(), GROUP.required()], groups::update)
        .needs(&["iam:groups:updateGroup"]).traced("group", Some("group_id")),
    Row::new("deleteGroup", "Deletes a group", (Delete, "/v3/groups/{group_id}"), OF_GROUP, groups::delete)
        .needs(&["iam:groups:deleteGroup"]).answers(204).traced("group", Some("group_id")),
    Row::new("listGroupUsers", "Lists the users of a group", (Get, "/v3/groups/{group_id}/users"), OF_GROUP, groups::members)
        .needs(&["iam:users:listUsersForGroup"]),
    Row::new("addUserToGroup", "Puts a user into a group", (Put, MEMBER), OF_MEMBER, groups::add)
        .needs(&["iam:permissions:addUserToGroup"]).answers(204).traced("group", Some("group_id")),
    Row::new("checkUserInGroup", "Tells whether a user is in a group", (Head, MEMBER), OF_MEMBER, groups::check)
        .needs(&["iam:permissions:checkUserInGroup"]).answers(204),
    Row::new("removeUserFromGroup", "Takes a user out of a group", (Delete, MEMBER), OF_MEMBER, groups::remove)
        .needs(&["iam:permissions:removeUserFromGroup"]).answers(204).traced("group", Some("group_id")),
    // Roles.
    Row::new("listRoles", "Lists the system's roles, or an account's own", (Get, "/v3/roles"), LIST_ROLES, roles::list)
        .needs(&["iam:roles:listRoles"]),
    Row::new("showRole", "Shows a role", (Get, "/v3/roles/{role_id}"), OF_ROLE, roles::show)
        .needs(&["iam:roles:getRole"]),
    // What is attached.
    Row::new("listProjectRoles", "Lists a group's roles in a project", (Get, "/v3/projects/{target_project_id}/groups/{group_id}/roles"), &[TARGET_PROJECT_ID.path(), GROUP_ID.path()], attachments::list)
        .needs(&["iam:permissions:listRolesForGroupOnProject"]),
    Row::new("attachProjectRole", "Attaches a role to a group in a project", (Put, PROJECT_ROLE), IN_PROJECT, attachments::attach)
        .needs(&["iam:permissions:grantRoleToGroupOnProject"]).answers(204).traced("group", Some("group_id")),
    Row::new("checkProjectRole", "Tells whether a role is attached in a project", (Head, PROJECT_ROLE), IN_PROJECT, attachments::check)
        .needs(&["iam:permissions:checkRoleForGroupOnProject"]).answers(204),
    Row::new("detachProjectRole", "Detaches a role from a group in a project", (Delete, PROJECT_ROLE), IN_PROJECT, attachments::detach)
        .needs(&["iam:permissions:revokeRoleFromGroupOnProject"]).answers(204).traced("group", Some("group_id")),
    Row::new("listDomainRoles", "Lists a group's roles in the account", (Get, "/v3/domains/{domain_id}/groups/{group_id}/roles"), &[DOMAIN_ID.path(), GROUP_ID.path()], attachments::list)
        .needs(&["iam:permissions:listRolesForGroupOnDomain"]),
    Row::new("attachDomainRole", "Attaches a role to a group in the account", (Put, ACCOUNT_ROLE), IN_ACCOUNT, attachments::attach)
        .needs(&["iam:permissions:grantRoleToGroupOnDomain"]).answers(204).traced("group", Some("group_id")),
    Row::new("checkDomainRole", "Tells whether a role is attached in the account", (Head, ACCOUNT_ROLE), IN_ACCOUNT, attachments::check)
        .needs(&["iam:permissions:checkRoleForGroupOnDomain"]).answers(204),
    Row::new("detachDomainRole", "Detaches a role from a group in the account", (Delete, ACCOUNT_ROLE), IN_ACCOUNT, attachments::detach)
        .needs(&["iam:permissions:revokeRoleFromGroupOnDomain"]).answers(204).traced("group", Some("group_id")),
    Row::new("listInheritedRoles", "Lists a group's roles in every project", (Get, "/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/inherited_to_projects"), &[DOMAIN_ID.path(), GROUP_ID.path()], attachments::list)
        .needs(&["iam:permissions:listRolesForGroup"]),
    Row::new("attachInheritedRole", "Attaches a role to a group in every project", (Put, EVERY_PROJECT_ROLE), IN_ACCOUNT, attachments::attach)
        .needs(&["iam:permissions:grantRoleToGroup"]).answers(204).traced("group", Some("group_id")),
    Row::new("checkInheritedRole", "Tells whether a role is attached in every project", (Head, EVERY_PROJECT_ROLE), IN_ACCOUNT, attachments::check)
        .needs(&["iam:permissions:checkRoleForGroup"]).answers(204),
    Row::new("detachInheritedRole", "Detaches a role from a group in every project", (Delete, EVERY_PROJECT_ROLE), IN_ACCOUNT, attachments::detach)
        .needs(&["iam:permissions:revokeRoleFromGroup"]).answers(204).traced("group", Some("group_id")),
];

#[rustfmt::skip] // A table reads by its columns.
static FLAT_ROUTES: &[Row] = &[
    Row::new("showCallerIdentity", "Tells who calls", (Get, "/v5/caller-identity"), &[], projects::caller_identity),
    // Users, as the newer clients reach them.
    Row::new("createUser", "Makes a user", (Post, "/v3.0/OS-USER/users"), CREATE_USER, users::create)
        .needs(&["iam:users:createUser"]).answers(201).traced("user", None),
    Row::new("showUser", "Shows a user", (Get, "/v3.0/OS-USER/users/{user_id}"), OF_USER, users::show),
    Row::new("updateUser", "Changes a user", (Put, "/v3.0/OS-USER/users/{user_id}"), CHANGE_USER, users::update)
        .needs(&["iam:users:updateUser"]).traced("user", Some("user_id")),
    // Custom policies.
    Row::new("createRole", "Makes a custom policy", (Post, "/v3.0/OS-ROLE/roles"), CREATE_ROLE, roles::create)
        .needs(&["iam:roles:createRole"]).answers(201).traced("role", None),
    Row::new("listCustomRoles", "Lists the account's custom policies", (Get, "/v3.0/OS-ROLE/roles"), &[], roles::list_custom)
        .needs(&["iam:roles:listRoles"]),
    Row::new("showCustomRole", "Shows a custom policy", (Get, "/v3.0/OS-ROLE/roles/{role_id}"), OF_ROLE, roles::show)
        .needs(&["iam:roles:getRole"]),
    Row::new("updateRole", "Replaces a custom policy", (Patch, "/v3.0/OS-ROLE/roles/{role_id}"), CHANGE_ROLE, roles::update)
        .needs(&["iam:roles:updateRole"]).traced("role", Some("role_id")),
    Row::new("deleteRole", "Deletes a custom policy", (Delete, "/v3.0/OS-ROLE/roles/{role_id}"), OF_ROLE, roles::delete)
        .needs(&["iam:roles:deleteRole"]).traced("role", Some("role_id")),
    // Access keys: everybody has their own, so the functions ask for the permission themselves.
    Row::new("createCredential", "Makes an access key", (Post, KEYS), &[CREDENTIAL.required()], credentials::create)
        .answers(201).gives(SECRET).traced("credential", None),
    Row::new("listCredentials", "Lists a user's access keys", (Get, KEYS), &[USER_ID.query()], credentials::list),
    Row::new("showCredential", "Shows an access key without its secret", (Get, KEY), OF_KEY, credentials::show),
    Row::new("updateCredential", "Changes an access key's state or description", (Put, KEY), &[ACCESS_KEY.path(), CREDENTIAL.required()], credentials::update)
        .traced("credential", Some("access_key")),
    Row::new("deleteCredential", "Deletes an access key", (Delete, KEY), OF_KEY, credentials::delete)
        .answers(204).traced("credential", Some("access_key")),
    Row::new("createTemporaryCredential", "Makes a temporary access key with its security token", (Post, "/v3.0/OS-CREDENTIAL/securitytokens"), &[AUTH.required()], credentials::create_temporary)
        .optional().answers(201).gives(SECRET).traced("credential", None),
];
