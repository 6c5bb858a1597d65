//! `C_DestroyObject`.

use cryptoki_sys::*;

use super::kinds::{KINDS, Kind, WILD};
use crate::c::{Function, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    let kinds = KINDS.iter().map(gone);
    kinds.chain(handles()).chain(rights()).collect()
}

impl Context<'_> {
    /// Makes a data object, a session object, which has these attributes too.
    ///
    /// # Errors
    /// The case does not apply where the module makes none.
    pub(in crate::areas) fn data_object(
        &self,
        session: Session,
        more: &Template,
    ) -> Outcome<Object> {
        self.object(session, Kind::named("data"), more)
    }

    /// Makes a data object in the token, with a label that gets it swept.
    ///
    /// # Errors
    /// As [`Context::data_object`].
    pub(in crate::areas) fn token_data(
        &self,
        session: Session,
        more: &Template,
    ) -> Outcome<(Object, String)> {
        let label = self.label();
        let template = more.clone().flag(CKA_TOKEN, true).text(CKA_LABEL, &label);
        Ok((self.data_object(session, &template)?, label))
    }

    /// Requires that a handle names no object in a session.
    ///
    /// # Errors
    /// If it does.
    pub(in crate::areas) fn invalid(&self, session: Session, object: Object) -> Outcome {
        let class = self.c.attribute(session, object, CKA_CLASS);
        let rv = Rv::of_result(Function::C_GetAttributeValue, class);
        self.expect(rv, CKR_OBJECT_HANDLE_INVALID)
    }

    /// Finds what has a label.
    ///
    /// # Errors
    /// If the search fails.
    pub(in crate::areas) fn labelled(&self, session: Session, label: &str) -> Outcome<Vec<Object>> {
        self.matching(session, &Template::new().text(CKA_LABEL, label))
    }

    /// Finds what fits a template.
    ///
    /// # Errors
    /// If the search fails.
    pub(in crate::areas) fn matching(
        &self,
        session: Session,
        template: &Template,
    ) -> Outcome<Vec<Object>> {
        match self.c.find(session, template) {
            Ok(found) => Ok(found),
            Err(rv) => self.ok(rv).map(|()| Vec::new()),
        }
    }
}

fn gone(kind: &'static Kind) -> Case {
    case(
        format!("object.destroy.{}", kind.name),
        spec("5.7.3"),
        "The handle of an object that was destroyed is invalid.",
    )
    .since(kind.since)
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.object(session, kind, &Template::new())?;
        cx.read(session, object, CKA_CLASS)?;
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.invalid(session, object)
    })
}

fn handles() -> Vec<Case> {
    vec![
        twice(),
        handle_zero(),
        handle_wild(),
        session_invalid(),
        not_found(),
        other_stays(),
    ]
}

fn twice() -> Case {
    case(
        "object.destroy.twice",
        spec("5.7.3"),
        "An object that was destroyed cannot be destroyed again: CKR_OBJECT_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, object))?;
        let rv = cx.c.destroy_object(session, object);
        cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
    })
}

fn handle_zero() -> Case {
    case(
        "object.destroy.handle-zero",
        spec("5.7.3"),
        "C_DestroyObject of CK_INVALID_HANDLE answers CKR_OBJECT_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let rv = cx.c.destroy_object(session, Object(CK_INVALID_HANDLE));
        cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
    })
}

fn handle_wild() -> Case {
    case(
        "object.destroy.handle-wild",
        spec("5.7.3"),
        "C_DestroyObject of a handle that was never given answers CKR_OBJECT_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let rv = cx.c.destroy_object(session, WILD);
        cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
    })
}

fn session_invalid() -> Case {
    case(
            "object.destroy.session-invalid",
            spec("5.1.2"),
            "C_DestroyObject in a session that does not exist answers CKR_SESSION_HANDLE_INVALID, and destroys nothing.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &Template::new())?;
            let rv = cx.c.destroy_object(Session(CK_INVALID_HANDLE), object);
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)?;
            cx.read(session, object, CKA_CLASS).map(drop)
        })
}

fn not_found() -> Case {
    case(
        "object.destroy.not-found",
        spec("5.7.3"),
        "A search does not find what was destroyed.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (object, label) = cx.token_data(session, &Template::new())?;
        cx.equal("found", &vec![object], &cx.labelled(session, &label)?)?;
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.equal("found", &Vec::new(), &cx.labelled(session, &label)?)
    })
}

fn other_stays() -> Case {
    case(
        "object.destroy.other-stays",
        spec("5.7.3"),
        "Destroying one of two equal objects leaves the other.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let one = cx.data_object(session, &Template::new())?;
        let two = cx.data_object(session, &Template::new())?;
        cx.check(one != two, "two handles", "one handle")?;
        cx.ok(cx.c.destroy_object(session, one))?;
        cx.read(session, two, CKA_VALUE).map(drop)
    })
}

fn rights() -> Vec<Case> {
    let prohibited = [CKA_TOKEN, CKA_CLASS];
    let undestroyable = ["data", "aes", "rsa-public", "certificate"].map(|name| {
        case(
            format!("object.destroy.prohibited.{name}"),
            spec("5.7.3"),
            "An object with CKA_DESTROYABLE CK_FALSE cannot be destroyed: CKR_ACTION_PROHIBITED.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let more = Template::new().flag(CKA_DESTROYABLE, false);
            let object = cx.object(session, Kind::named(name), &more)?;
            let rv = cx.c.destroy_object(session, object);
            cx.expect(rv, CKR_ACTION_PROHIBITED)?;
            prohibited
                .iter()
                .try_for_each(|one| cx.read(session, object, *one).map(drop))
        })
    });
    let others = [
        not_modifiable(),
        token_in_read_only(),
        session_in_read_only(),
        of_other_session(),
        public_before_login(),
    ];
    undestroyable.into_iter().chain(others).collect()
}

fn not_modifiable() -> Case {
    case(
        "object.destroy.not-modifiable",
        spec("5.7.3"),
        "An object that cannot be modified can be destroyed.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new().flag(CKA_MODIFIABLE, false))?;
        cx.ok(cx.c.destroy_object(session, object))
    })
}

fn token_in_read_only() -> Case {
    case(
        "object.destroy.token-in-read-only",
        spec("5.7.3"),
        "A token object cannot be destroyed in a read-only session.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (object, _) = cx.token_data(session, &Template::new())?;
        let reading = cx.read_only()?;
        let rv = cx.c.destroy_object(reading, object);
        let kept = cx.c.destroy_object(session, object);
        cx.expect(rv, CKR_SESSION_READ_ONLY)?;
        cx.ok(kept)
    })
}

fn session_in_read_only() -> Case {
    case(
        "object.destroy.session-in-read-only",
        spec("5.7.3"),
        "A session object can be destroyed in a read-only session.",
    )
    .run(|cx| {
        let session = cx.read_only()?;
        let object = cx.data_object(session, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.invalid(session, object)
    })
}

fn of_other_session() -> Case {
    case(
        "object.destroy.of-other-session",
        spec("5.7.3"),
        "A session can destroy a session object of another session of the application.",
    )
    .run(|cx| {
        let (one, two) = (cx.session()?, cx.session()?);
        let object = cx.data_object(one, &Template::new())?;
        cx.ok(cx.c.destroy_object(two, object))?;
        cx.invalid(one, object)
    })
}

fn public_before_login() -> Case {
    case(
        "object.destroy.public-before-login",
        spec("5.7.3"),
        "A public session object can be destroyed before anybody logs in.",
    )
    .stage(Stage::Public)
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new().flag(CKA_PRIVATE, false))?;
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.invalid(session, object)
    })
}
