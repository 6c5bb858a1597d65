//! Runs a sequence of steps on the server and on the reference.

use std::collections::BTreeMap;

use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use tests::{Client, Server, Wrapping, code, text};

use crate::reference::{ABSENT, DAY_MS, Grant, Key, Model, Moment, Refusal, Rotation, State};
use crate::step::Step;

/// A key that nobody has made.
const NO_KEY: &str = "00000000-0000-4000-8000-000000000000";
/// A grant that nobody has made.
const NO_GRANT: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What grants of the tests permit.
const GRANTS: [&[&str]; 4] = [
    &["describe-key"],
    &["encrypt-data", "retire-grant"],
    &["encrypt-data"],
    &["create-datakey", "retire-grant"],
];

type Compared = Result<(), TestCaseError>;

/// Where a ciphertext came from.
struct Cipher {
    text: String,
    plain: String,
    place: usize,
}

struct Run {
    owner: Client,
    grantee: Client,
    case: u32,
    model: Model,
    ciphers: Vec<Cipher>,
    /// Grants that were ever made.
    grants: Vec<String>,
}

/// Runs a sequence.
pub(crate) fn run(server: &Server, case: u32, steps: &[Step]) -> Compared {
    let mut run = Run {
        owner: server.client(0),
        grantee: server.client(1),
        case,
        model: Model::default(),
        ciphers: Vec::new(),
        grants: Vec::new(),
    };
    for (index, step) in steps.iter().enumerate() {
        run.step(step)
            .map_err(|error| TestCaseError::fail(format!("step {index}, {step:?}: {error}")))?;
    }
    Ok(())
}

/// Says how an answer is not what the reference says.
fn differ(what: &str, expected: impl std::fmt::Debug, seen: impl std::fmt::Debug) -> TestCaseError {
    TestCaseError::fail(format!("{what} should be {expected:?} and is {seen:?}"))
}

/// Compares the status and the code of an answer, and hands out the body where there is no refusal.
fn judge(
    expected: Result<(), Refusal>,
    success: u16,
    (status, body): (u16, Value),
) -> Result<Option<Value>, TestCaseError> {
    match expected {
        Ok(()) if status == success => Ok(Some(body)),
        Err((wanted, number)) if status == wanted && code(&body) == format!("KMS.{number:04}") => {
            Ok(None)
        }
        _ => Err(differ("the answer", expected, (status, body))),
    }
}

/// Compares a body with members that must be so.
fn equal(what: &str, expected: &Value, seen: &Value) -> Compared {
    if expected == seen {
        Ok(())
    } else {
        Err(differ(what, expected, seen))
    }
}

/// Compares a text that is a moment.
fn within(what: &str, expected: Option<Moment>, seen: &Value) -> Compared {
    let seen = seen.as_str().unwrap_or("?");
    let fits = match expected {
        None => seen.is_empty(),
        Some(moment) => seen
            .parse()
            .is_ok_and(|ms: i64| moment.from_ms <= ms && ms <= moment.to_ms),
    };
    if fits {
        Ok(())
    } else {
        Err(differ(what, expected, seen))
    }
}

impl Run {
    fn id(&self, place: u8) -> String {
        let known = self.model.keys.get(usize::from(place));
        known.map_or(NO_KEY, |(id, _)| id).to_owned()
    }

    fn name(&self, name: u8) -> String {
        format!("case-{:04}-{name}", self.case)
    }

    /// Sends a request, and tells between which moments it was answered.
    fn timed(&self, operation: &str, body: Value) -> ((u16, Value), Moment) {
        let from_ms = self.owner.now_ms();
        let answer = self.owner.kms(operation, body);
        let to_ms = self.owner.now_ms();
        (answer, Moment { from_ms, to_ms })
    }

    fn get(&self, rest: &str) -> (u16, Value) {
        self.owner
            .call("GET", &self.owner.kms_path(rest), &Value::Null)
    }

    fn step(&mut self, step: &Step) -> Compared {
        match step {
            Step::Create {
                name,
                spec,
                is_external,
            } => self.create(*name, spec, *is_external),
            Step::Enable(place) => self.enable(*place),
            Step::Disable(place) | Step::Cancel(place) | Step::Schedule(place, _) => {
                self.switch(step, *place)
            }
            Step::Rename(..) | Step::DescribeAnew(..) => self.rename(step),
            Step::Describe(place) => self.describe(*place),
            Step::DescribeByAlias(name) => self.describe_by_alias(*name),
            Step::AddAlias(..) | Step::MoveAlias(..) | Step::DeleteAlias(..) => {
                self.change_alias(step)
            }
            Step::ListAliases(place) => self.list_aliases(*place),
            Step::Tag(..) | Step::Untag(..) | Step::TagMany(..) => self.change_tags(step),
            Step::ListTags(place) => self.list_tags(*place),
            Step::Search(tag) => self.search(*tag),
            Step::Grant(place, kind) => self.grant(*place, *kind),
            Step::Revoke(place, grant) | Step::Retire(place, grant) => {
                self.end_grant(matches!(step, Step::Retire(..)), *place, *grant)
            }
            Step::ListGrants(place) => self.list_grants(*place),
            Step::RotationOn(_) | Step::RotationOff(_) | Step::Interval(..) | Step::Rotate(_) => {
                self.change_rotation(step)
            }
            Step::Rotation(place) => self.rotation(*place),
            Step::Encrypt(place) => self.encrypt(*place),
            Step::EncryptByAlias(name) => self.encrypt_by_alias(*name),
            Step::EncryptAsGrantee(place) => self.encrypt_as_grantee(*place),
            Step::Decrypt(cipher) => self.decrypt(*cipher),
            Step::Import {
                place,
                material,
                days,
            } => self.import(*place, *material, *days),
            Step::DeleteMaterial(place) => {
                let body = json!({"key_id": self.id(*place)});
                let answer = self.owner.kms("delete-imported-key-material", body);
                judge(self.model.delete_material(usize::from(*place)), 200, answer).map(drop)
            }
            Step::Advance(days) => {
                self.advance(*days);
                Ok(())
            }
        }
    }

    fn create(&mut self, name: u8, spec: &'static str, is_external: bool) -> Compared {
        let name = self.name(name);
        let expected = self.model.create(&name, spec, is_external);
        let origin = if is_external { "external" } else { "kms" };
        let body = json!({"key_alias": name, "key_spec": spec, "origin": origin});
        let (answer, now) = self.timed("create-key", body);
        let Some(made) = judge(expected, 200, answer)? else {
            return Ok(());
        };
        let info = &made["key_info"];
        equal(
            "domain_id",
            &self.owner.account().domain_id.clone().into(),
            &info["domain_id"],
        )?;
        let id = text(&info["key_id"]);
        let key = Key {
            id: id.clone(),
            name,
            description: String::new(),
            spec,
            is_external,
            state: if is_external {
                State::Import
            } else {
                State::Enabled
            },
            made: now,
            deletion: None,
            expiry_ms: None,
            has_material: !is_external,
            first_material: None,
            rotation: Rotation {
                is_on: false,
                days: 365,
                from: now,
                last: None,
                count: 0,
            },
            tags: BTreeMap::new(),
            grants: Vec::new(),
        };
        self.model.keys.push((id, Some(key)));
        self.describe(u8::try_from(self.model.keys.len() - 1).unwrap_or(u8::MAX))
    }

    fn enable(&mut self, place: u8) -> Compared {
        let answer = self
            .owner
            .kms("enable-key", json!({"key_id": self.id(place)}));
        let expected = self.model.enable(usize::from(place));
        if let Some(body) = judge(expected, 200, answer)? {
            let wanted = json!({"key_info": {"key_id": self.id(place), "key_state": "2"}});
            equal("the body", &wanted, &body)?;
            // A rotation that has become due is done within a second or so: have it done now.
            self.advance(0);
        }
        Ok(())
    }

    fn switch(&mut self, step: &Step, place: u8) -> Compared {
        let id = self.id(place);
        let at = usize::from(place);
        let (operation, body) = match step {
            Step::Disable(_) => ("disable-key", json!({"key_id": id})),
            Step::Cancel(_) => ("cancel-key-deletion", json!({"key_id": id})),
            Step::Schedule(_, days) => (
                "schedule-key-deletion",
                json!({"key_id": id, "pending_days": days.to_string()}),
            ),
            _ => return Ok(()),
        };
        let (answer, now) = self.timed(operation, body);
        let expected = match step {
            Step::Disable(_) => self.model.disable(at),
            Step::Schedule(_, days) => self.model.schedule(at, *days, now),
            _ => self.model.cancel(at),
        };
        let Some(body) = judge(expected, 200, answer)? else {
            return Ok(());
        };
        let key = self
            .model
            .key(at)
            .map_err(|_| differ("the model", "a key", "none"))?;
        let state = json!({"key_id": id, "key_state": key.state.text()});
        let wanted = match step {
            Step::Disable(_) => json!({"key_info": state}),
            _ => state,
        };
        equal("the body", &wanted, &body)
    }

    fn rename(&mut self, step: &Step) -> Compared {
        let (place, name, value) = match step {
            Step::Rename(place, name) => (place, "key_alias", self.name(*name)),
            Step::DescribeAnew(place, number) => {
                (place, "key_description", "d".repeat(usize::from(*number)))
            }
            _ => return Ok(()),
        };
        let id = self.id(*place);
        let operation = format!("update-{}", name.replace('_', "-"));
        let answer = self
            .owner
            .kms(&operation, json!({"key_id": id, name: value}));
        let at = usize::from(*place);
        let expected = match step {
            Step::Rename(..) => self.model.rename(at, &value),
            _ => self.model.describe_anew(at, &value),
        };
        match judge(expected, 200, answer)? {
            Some(body) => equal(
                "the body",
                &json!({"key_info": {"key_id": id, name: value}}),
                &body,
            ),
            None => Ok(()),
        }
    }

    fn describe(&mut self, place: u8) -> Compared {
        let answer = self
            .owner
            .kms("describe-key", json!({"key_id": self.id(place)}));
        let key = self.model.key(usize::from(place));
        let Some(body) = judge(key.map(|_| ()), 200, answer)? else {
            return Ok(());
        };
        let key = key.map_err(|_| differ("the model", "a key", "none"))?;
        self.compare(key, &body["key_info"])
    }

    fn describe_by_alias(&mut self, name: u8) -> Compared {
        let name = self.name(name);
        let reference = format!("alias/{name}");
        let answer = self.owner.kms("describe-key", json!({"key_id": reference}));
        let key = self
            .model
            .aliases
            .get(&name)
            .ok_or(ABSENT)
            .and_then(|place| self.model.key(*place));
        let Some(body) = judge(key.map(|_| ()), 200, answer)? else {
            return Ok(());
        };
        let key = key.map_err(|_| differ("the model", "a key", "none"))?;
        self.compare(key, &body["key_info"])
    }

    /// Compares the key object of the contract, member by member.
    fn compare(&self, key: &Key, seen: &Value) -> Compared {
        within("creation_date", Some(key.made), &seen["creation_date"])?;
        within(
            "scheduled_deletion_date",
            key.deletion,
            &seen["scheduled_deletion_date"],
        )?;
        let usage = match key.spec {
            "EC_P256" => "SIGN_VERIFY",
            "HMAC_256" => "GENERATE_VERIFY_MAC",
            _ => "ENCRYPT_DECRYPT",
        };
        let wanted = json!({
            "key_id": key.id,
            "domain_id": self.owner.account().domain_id,
            "key_alias": key.name,
            "realm": tests::REGION,
            "key_spec": key.spec,
            "key_usage": usage,
            "key_description": key.description,
            "creation_date": seen["creation_date"],
            "scheduled_deletion_date": seen["scheduled_deletion_date"],
            "key_state": key.state.text(),
            "default_key_flag": "0",
            "key_type": "1",
            "expiration_time": key.expiry_ms.map_or_else(String::new, |ms| ms.to_string()),
            "origin": if key.is_external { "external" } else { "kms" },
            "key_rotation_enabled": if key.rotation.is_on { "true" } else { "false" },
            "sys_enterprise_project_id": "0",
            "keystore_id": "0",
        });
        equal("the key", &wanted, seen)
    }

    fn change_alias(&mut self, step: &Step) -> Compared {
        let (Step::AddAlias(place, name)
        | Step::MoveAlias(place, name)
        | Step::DeleteAlias(place, name)) = step
        else {
            return Ok(());
        };
        let (id, name, at) = (self.id(*place), self.name(*name), usize::from(*place));
        let alias = format!("alias/{name}");
        let path = |rest: &str| self.owner.kms_path(rest);
        let (answer, expected, success) = match step {
            Step::AddAlias(..) => {
                let body = json!({"key_id": id, "alias": alias});
                let answer = self.owner.call("POST", &path("aliases"), &body);
                (answer, self.model.add_alias(at, &name), 201)
            }
            Step::MoveAlias(..) => {
                let body = json!({"target_key_id": id, "alias": alias});
                let answer = self.owner.call("POST", &path("alias/associate"), &body);
                (answer, self.model.move_alias(at, &name), 200)
            }
            _ => {
                let body = json!({"key_id": id, "aliases": [alias]});
                let answer = self.owner.call("DELETE", &path("aliases"), &body);
                (answer, self.model.delete_alias(at, &name), 204)
            }
        };
        match judge(expected, success, answer)? {
            Some(body) if success != 204 => {
                let domain = &self.owner.account().domain_id;
                let wanted = json!({
                    "domain_id": domain,
                    "key_id": id,
                    "alias": alias,
                    "alias_urn": format!("kms:{}:{domain}:alias:{name}", tests::REGION),
                    "create_time": body["create_time"],
                    "update_time": body["update_time"],
                });
                equal("the alias", &wanted, &body)
            }
            _ => Ok(()),
        }
    }

    fn list_aliases(&mut self, place: u8) -> Compared {
        let id = self.id(place);
        let answer = self.get(&format!("aliases?key_id={id}"));
        let key = self.model.key(usize::from(place)).map(|_| ());
        let Some(body) = judge(key, 200, answer)? else {
            return Ok(());
        };
        let wanted: Vec<String> = self
            .model
            .aliases
            .iter()
            .filter(|(_, at)| **at == usize::from(place))
            .map(|(name, _)| format!("alias/{name}"))
            .collect();
        let listed = body["aliases"].as_array().cloned().unwrap_or_default();
        let listed: Vec<String> = listed.iter().map(|alias| text(&alias["alias"])).collect();
        equal("the aliases", &json!(wanted), &json!(listed))?;
        equal(
            "page_info",
            &json!({"next_marker": "", "current_count": wanted.len()}),
            &body["page_info"],
        )
    }

    fn change_tags(&mut self, step: &Step) -> Compared {
        let (Step::Tag(place, ..) | Step::Untag(place, _) | Step::TagMany(place, ..)) = step else {
            return Ok(());
        };
        let (id, at) = (self.id(*place), usize::from(*place));
        let path = |rest: &str| self.owner.kms_path(&format!("{id}/{rest}"));
        let name = |number: u8| format!("tag{number}");
        let (answer, expected) = match step {
            Step::Tag(_, key, value) => {
                let (key, value) = (name(*key), format!("value {value}"));
                let body = json!({"tag": {"key": key, "value": value}});
                let answer = self.owner.call("POST", &path("tags"), &body);
                (answer, self.model.tag(at, &[(key, Some(value))]))
            }
            Step::Untag(_, key) => {
                let target = path(&format!("tags/{}", name(*key)));
                let answer = self.owner.call("DELETE", &target, &Value::Null);
                (answer, self.model.untag(at, &name(*key)))
            }
            Step::TagMany(_, adds, from) => {
                let keys: Vec<String> = (*from..*from + 3).map(name).collect();
                let tags: Vec<Value> = keys
                    .iter()
                    .map(|key| json!({"key": key, "value": "many"}))
                    .collect();
                let action = if *adds { "create" } else { "delete" };
                let body = json!({"action": action, "tags": tags});
                let answer = self.owner.call("POST", &path("tags/action"), &body);
                let changes: Vec<_> = keys
                    .into_iter()
                    .map(|key| (key, adds.then(|| "many".to_owned())))
                    .collect();
                (answer, self.model.tag(at, &changes))
            }
            _ => return Ok(()),
        };
        judge(expected, 204, answer).map(drop)
    }

    fn list_tags(&mut self, place: u8) -> Compared {
        let answer = self.get(&format!("{}/tags", self.id(place)));
        let key = self.model.key(usize::from(place));
        let Some(body) = judge(key.map(|_| ()), 200, answer)? else {
            return Ok(());
        };
        let key = key.map_err(|_| differ("the model", "a key", "none"))?;
        equal("the tags", &tags(key), &body["tags"])?;
        equal(
            "existTagsNum",
            &key.tags.len().into(),
            &body["existTagsNum"],
        )
    }

    fn search(&mut self, tag: u8) -> Compared {
        let tag = format!("tag{tag}");
        let body = json!({
            "action": "filter",
            "limit": "1000",
            "tags": [{"key": tag, "values": []}],
            "matches": [{"key": "resource_name", "value": format!("case-{:04}-", self.case)}],
        });
        let answer = self.owner.kms("resource_instances/action", body);
        let Some(body) = judge(Ok(()), 200, answer)? else {
            return Ok(());
        };
        let mut wanted: Vec<&Key> = self
            .model
            .present()
            .filter(|key| key.tags.contains_key(&tag))
            .collect();
        wanted.sort_by_key(|key| key.id.clone());
        equal("total_count", &wanted.len().into(), &body["total_count"])?;
        let mut found = body["resources"].as_array().cloned().unwrap_or_default();
        found.sort_by_key(|one| text(&one["resource_id"]));
        for (key, found) in wanted.into_iter().zip(&found) {
            equal("resource_id", &key.id.clone().into(), &found["resource_id"])?;
            equal("the tags", &tags(key), &found["tags"])?;
            self.compare(key, &found["resource_detail"])?;
        }
        Ok(())
    }

    fn grant(&mut self, place: u8, kind: u8) -> Compared {
        let operations = GRANTS[usize::from(kind) % GRANTS.len()];
        let grantee = self.grantee.account().user_id.clone();
        let body = json!({"key_id": self.id(place), "grantee_principal": grantee, "operations": operations});
        let answer = self.owner.kms("create-grant", body);
        let at = usize::from(place);
        let expected = self.model.key(at).and_then(Key::use_material);
        if let Some(body) = judge(expected, 200, answer)? {
            let id = text(&body["grant_id"]);
            self.grants.push(id.clone());
            let key = self
                .model
                .key_mut(at)
                .map_err(|_| differ("the model", "a key", "none"))?;
            key.grants.push(Grant { id, operations });
        }
        Ok(())
    }

    fn end_grant(&mut self, retires: bool, place: u8, grant: u8) -> Compared {
        let count = self.grants.len();
        let grant = if count == 0 {
            NO_GRANT
        } else {
            &self.grants[usize::from(grant) % count]
        }
        .to_owned();
        let body = json!({"key_id": self.id(place), "grant_id": grant});
        let at = usize::from(place);
        let (answer, expected) = if retires {
            (
                self.grantee.kms("retire-grant", body),
                self.model.retire(at, &grant),
            )
        } else {
            (
                self.owner.kms("revoke-grant", body),
                self.model.revoke(at, &grant),
            )
        };
        judge(expected, 200, answer).map(drop)
    }

    fn list_grants(&mut self, place: u8) -> Compared {
        let answer = self
            .owner
            .kms("list-grants", json!({"key_id": self.id(place)}));
        let key = self.model.key(usize::from(place));
        let Some(body) = judge(key.map(|_| ()), 200, answer)? else {
            return Ok(());
        };
        let key = key.map_err(|_| differ("the model", "a key", "none"))?;
        equal("total", &key.grants.len().into(), &body["total"])?;
        let sorted = |mut operations: Vec<String>| {
            operations.sort();
            operations
        };
        let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for grant in &key.grants {
            let operations = grant
                .operations
                .iter()
                .map(|&name| name.to_owned())
                .collect();
            wanted.insert(&grant.id, sorted(operations));
        }
        let mut listed = BTreeMap::new();
        for grant in body["grants"].as_array().into_iter().flatten() {
            let operations = grant["operations"].as_array().cloned().unwrap_or_default();
            listed.insert(
                text(&grant["grant_id"]),
                sorted(operations.iter().map(text).collect()),
            );
            equal(
                "issuing_principal",
                &self.owner.account().user_id.clone().into(),
                &grant["issuing_principal"],
            )?;
            equal(
                "grantee_principal",
                &self.grantee.account().user_id.clone().into(),
                &grant["grantee_principal"],
            )?;
        }
        equal("the grants", &json!(wanted), &json!(listed))
    }

    fn change_rotation(&mut self, step: &Step) -> Compared {
        let (Step::RotationOn(place)
        | Step::RotationOff(place)
        | Step::Interval(place, _)
        | Step::Rotate(place)) = step
        else {
            return Ok(());
        };
        let (id, at) = (self.id(*place), usize::from(*place));
        let (operation, body) = match step {
            Step::RotationOn(_) => ("enable-key-rotation", json!({"key_id": id})),
            Step::RotationOff(_) => ("disable-key-rotation", json!({"key_id": id})),
            Step::Interval(_, days) => (
                "update-key-rotation-interval",
                json!({"key_id": id, "rotation_interval": days}),
            ),
            _ => ("rotate-on-demand", json!({"key_id": id})),
        };
        let (answer, now) = self.timed(operation, body);
        let expected = match step {
            Step::RotationOn(_) => self.model.rotation_on(at, now),
            Step::RotationOff(_) => self.model.rotation_off(at),
            Step::Interval(_, days) => self.model.interval(at, *days, now),
            _ => self.model.rotate(at, now),
        };
        judge(expected, 200, answer).map(drop)
    }

    fn rotation(&mut self, place: u8) -> Compared {
        let answer = self
            .owner
            .kms("get-key-rotation-status", json!({"key_id": self.id(place)}));
        let key = self.model.key(usize::from(place));
        let Some(body) = judge(key.map(|_| ()), 200, answer)? else {
            return Ok(());
        };
        let rotation = &key
            .map_err(|_| differ("the model", "a key", "none"))?
            .rotation;
        within(
            "last_rotation_time",
            rotation.last,
            &body["last_rotation_time"],
        )?;
        let wanted = json!({
            "key_rotation_enabled": rotation.is_on,
            "rotation_interval": rotation.days,
            "last_rotation_time": body["last_rotation_time"],
            "number_of_rotations": rotation.count,
        });
        equal("the body", &wanted, &body)
    }

    fn encrypt(&mut self, place: u8) -> Compared {
        let expected = self.model.key(usize::from(place)).and_then(Key::encrypt);
        let id = self.id(place);
        self.encrypt_under(&id, expected, usize::from(place))
    }

    fn encrypt_by_alias(&mut self, name: u8) -> Compared {
        let name = self.name(name);
        let place = self.model.aliases.get(&name).copied();
        let expected = place
            .ok_or(ABSENT)
            .and_then(|place| self.model.key(place))
            .and_then(Key::encrypt);
        self.encrypt_under(
            &format!("alias/{name}"),
            expected,
            place.unwrap_or(usize::MAX),
        )
    }

    fn encrypt_under(
        &mut self,
        reference: &str,
        expected: Result<(), Refusal>,
        place: usize,
    ) -> Compared {
        let plain = format!("text {}", self.ciphers.len());
        let answer = self.owner.kms(
            "encrypt-data",
            json!({"key_id": reference, "plain_text": plain}),
        );
        let Some(body) = judge(expected, 200, answer)? else {
            return Ok(());
        };
        equal(
            "key_id",
            &self.model.keys[place].0.clone().into(),
            &body["key_id"],
        )?;
        let text = text(&body["cipher_text"]);
        self.ciphers.push(Cipher { text, plain, place });
        Ok(())
    }

    fn encrypt_as_grantee(&mut self, place: u8) -> Compared {
        let at = usize::from(place);
        let expected = self
            .model
            .granted(at, "encrypt-data")
            .and_then(Key::encrypt);
        let plain = format!("text {}", self.ciphers.len());
        let body = json!({"key_id": self.id(place), "plain_text": plain});
        let answer = self.grantee.kms("encrypt-data", body);
        if let Some(body) = judge(expected, 200, answer)? {
            let text = text(&body["cipher_text"]);
            self.ciphers.push(Cipher {
                text,
                plain,
                place: at,
            });
        }
        Ok(())
    }

    fn decrypt(&mut self, cipher: u8) -> Compared {
        let count = self.ciphers.len();
        if count == 0 {
            return Ok(());
        }
        let cipher = &self.ciphers[usize::from(cipher) % count];
        let expected = self.model.key(cipher.place).and_then(Key::encrypt);
        let answer = self
            .owner
            .kms("decrypt-data", json!({"cipher_text": cipher.text}));
        match judge(expected, 200, answer)? {
            Some(body) => equal(
                "plain_text",
                &cipher.plain.clone().into(),
                &body["plain_text"],
            ),
            None => Ok(()),
        }
    }

    fn import(&mut self, place: u8, material: u8, days: i64) -> Compared {
        let (id, at) = (self.id(place), usize::from(place));
        let body = json!({"key_id": id, "wrapping_algorithm": "RSAES_OAEP_SHA_256"});
        let answer = self.owner.kms("get-parameters-for-import", body);
        let Some(parameters) = judge(self.model.may_import(at), 200, answer)? else {
            return Ok(());
        };
        if self.model.key(at).is_ok_and(|key| key.spec == "EC_P256") {
            // Its material is a private key, and so not of this test.
            return Ok(());
        }
        let expiry_ms = (days > 0).then(|| (self.owner.now_ms() + days * DAY_MS) / 1_000 * 1_000);
        let mut body = Wrapping::of(&id, &parameters).body(&[material + 1; 32]);
        body["expiration_time"] = (expiry_ms.unwrap_or(0) / 1_000).into();
        let answer = self.owner.kms("import-key-material", body);
        judge(self.model.import(at, material, expiry_ms), 200, answer).map(drop)
    }

    fn advance(&mut self, days: i64) {
        let from_ms = self.owner.now_ms() + days * DAY_MS;
        self.owner.advance(days * DAY_MS / 1_000);
        let to_ms = self.owner.now_ms();
        self.model.pass(Moment { from_ms, to_ms });
    }
}

/// The tags of a key as the contract writes them.
fn tags(key: &Key) -> Value {
    let tags = key.tags.iter();
    tags.map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}
