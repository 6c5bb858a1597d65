//! The calls: one short method per row of the call table, each of which leads into the part that does the work.

mod authenticated;
mod caller;
mod connection;
mod crypto;
mod derivation;
mod encapsulation;
mod find;
mod keys;
mod message;
mod objects;
mod one_time;
mod repeats;
mod slots;
mod state;
mod wrapping;

use ck::{Params, UserType};
use proto::shape::{
    Answer, Attribute, AttributeRequest, Deriving, MechanismArgument, MechanismInfo, NewKey,
    ObjectHandle, Sealed, SessionHandle, SessionInfo, SlotId, SlotInfo, TokenInfo, Ulong,
};
use proto::{CallRow, Class, Handler};

use crate::Error;
use crate::login;
use crate::operation::message::MessageKind;
use crate::operation::{Ending, Kind};
use crate::tenancy::Login;

pub use caller::Caller;
use caller::{Within, mechanism_of};

impl Handler for Caller<'_> {
    type Error = Error;

    fn admit(&mut self, row: &'static CallRow, session: SessionHandle) -> Result<(), Error> {
        self.check_repeat(row.call)?;
        if row.class == Class::Public {
            return Ok(());
        }
        self.check_class(row.class, session)
    }

    fn get_slot_list(
        &mut self,
        _token_present: bool,
        slots: &mut Answer<Vec<u64>>,
    ) -> Result<(), Error> {
        slots::give_list(self.hsm.slots_of(self.application), slots)
    }

    fn get_slot_info(&mut self, slot: SlotId, info: &mut Option<SlotInfo>) -> Result<(), Error> {
        *info = Some(slots::slot_info(
            &*self.hsm.partition_of(self.application, slot.0)?,
        ));
        Ok(())
    }

    fn get_token_info(&mut self, slot: SlotId, info: &mut Option<TokenInfo>) -> Result<(), Error> {
        let partition = self.hsm.partition_of(self.application, slot.0)?;
        *info = Some(slots::token_info(&self.application.tenancy(partition)));
        Ok(())
    }

    fn get_mechanism_list(
        &mut self,
        slot: SlotId,
        mechanisms: &mut Answer<Vec<u64>>,
    ) -> Result<(), Error> {
        let profile = self.hsm.partition_of(self.application, slot.0)?.profile;
        slots::give_list(slots::mechanisms(profile), mechanisms)
    }

    fn get_mechanism_info(
        &mut self,
        slot: SlotId,
        kind: Ulong,
        info: &mut Option<MechanismInfo>,
    ) -> Result<(), Error> {
        let partition = self.hsm.partition_of(self.application, slot.0)?;
        *info = Some(slots::mechanism_info(partition.profile, kind.0)?);
        Ok(())
    }

    fn init_token(
        &mut self,
        slot: SlotId,
        pin: Option<&[u8]>,
        label: &[u8; 32],
    ) -> Result<(), Error> {
        let partition = self.hsm.partition_of(self.application, slot.0)?;
        let setup = crate::TokenSetup {
            label: &slots::label_text(label),
            so_pin: pin.ok_or(Error::Argument("PIN"))?,
            user_pin: None,
        };
        self.hsm
            .init_token(&partition, &self.who(Login::Public), &setup)
    }

    fn init_pin(&mut self, session: SessionHandle, pin: Option<&[u8]>) -> Result<(), Error> {
        let pin = pin.ok_or(Error::Argument("PIN"))?;
        self.within(session, |call| {
            login::init_pin(call.core, &call.session.tenancy.partition, &call.who, pin)
        })
    }

    fn set_pin(
        &mut self,
        session: SessionHandle,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<(), Error> {
        let old = old.ok_or(Error::Argument("old PIN"))?;
        let new = new.ok_or(Error::Argument("new PIN"))?;
        self.within(session, |call| {
            login::set_pin(call.core, call.session, &call.who, old, new)
        })
    }

    fn open_session(
        &mut self,
        slot: SlotId,
        flags: Ulong,
        _notify: (),
        session: &mut Option<u64>,
    ) -> Result<(), Error> {
        *session = Some(self.open(slot, flags.0)?);
        Ok(())
    }

    fn close_session(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.session(session)?;
        self.application
            .close_where(|open| open.handle == session.0);
        Ok(())
    }

    fn close_all_sessions(&mut self, slot: SlotId) -> Result<(), Error> {
        let partition = self.hsm.partition_of(self.application, slot.0)?;
        self.application
            .close_where(|open| open.tenancy.partition.id == partition.id);
        Ok(())
    }

    fn get_session_info(
        &mut self,
        session: SessionHandle,
        info: &mut Option<SessionInfo>,
    ) -> Result<(), Error> {
        *info = Some(slots::session_info(&*self.session(session)?));
        Ok(())
    }

    fn session_cancel(&mut self, session: SessionHandle, flags: Ulong) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.cancel(flags.0);
            Ok(())
        })
    }

    fn get_operation_state(
        &mut self,
        session: SessionHandle,
        state: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |call| call.save_operations(state))
    }

    fn set_operation_state(
        &mut self,
        session: SessionHandle,
        state: &[u8],
        encryption_key: ObjectHandle,
        authentication_key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.restore_operations(state, encryption_key.0, authentication_key.0)
        })
    }

    /// Nothing here was validated by anybody, so no flag is ever set.
    fn get_session_validation_flags(
        &mut self,
        session: SessionHandle,
        _kind: Ulong,
        flags: &mut Option<u64>,
    ) -> Result<(), Error> {
        self.within(session, |_| {
            *flags = Some(0);
            Ok(())
        })
    }

    fn async_complete(&mut self, session: SessionHandle, _ignored: ()) -> Result<(), Error> {
        self.within(session, |_| Err(Error::SessionAsyncNotSupported))
    }

    fn async_get_id(&mut self, session: SessionHandle, _ignored: ()) -> Result<(), Error> {
        self.within(session, |_| Err(Error::SessionAsyncNotSupported))
    }

    fn async_join(&mut self, session: SessionHandle, _ignored: ()) -> Result<(), Error> {
        self.within(session, |_| Err(Error::SessionAsyncNotSupported))
    }

    fn login_user(
        &mut self,
        session: SessionHandle,
        user: Ulong,
        pin: Option<&[u8]>,
        name: &[u8],
    ) -> Result<(), Error> {
        if name.is_empty() {
            return self.login(session, user, pin);
        }
        let pin = pin.ok_or(Error::Argument("PIN"))?;
        self.within(session, |mut call| {
            let user = (UserType(user.0), name);
            login::log_in_named(
                call.core,
                call.session,
                &mut call.activity,
                &call.who,
                user,
                pin,
            )
        })
    }

    fn login(
        &mut self,
        session: SessionHandle,
        user: Ulong,
        pin: Option<&[u8]>,
    ) -> Result<(), Error> {
        let pin = pin.ok_or(Error::Argument("PIN"))?;
        self.within(session, |mut call| {
            let user = UserType(user.0);
            login::log_in(
                call.core,
                call.session,
                &mut call.activity,
                &call.who,
                user,
                pin,
            )
        })
    }

    fn logout(&mut self, session: SessionHandle) -> Result<(), Error> {
        // The session is not entered: logging out waits for the running calls of all of them.
        let session = self.session(session)?;
        self.application.log_out(&session.tenancy)
    }

    fn create_object(
        &mut self,
        session: SessionHandle,
        template: &[Attribute<'_>],
        object: &mut Option<u64>,
    ) -> Result<(), Error> {
        *object = Some(self.within(session, |call| call.create_object(template))?);
        Ok(())
    }

    fn copy_object(
        &mut self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &[Attribute<'_>],
        copy: &mut Option<u64>,
    ) -> Result<(), Error> {
        *copy = Some(self.within(session, |call| call.copy_object(object.0, template))?);
        Ok(())
    }

    fn destroy_object(
        &mut self,
        session: SessionHandle,
        object: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |call| call.destroy_object(object.0))
    }

    fn get_object_size(
        &mut self,
        session: SessionHandle,
        object: ObjectHandle,
        size: &mut Option<u64>,
    ) -> Result<(), Error> {
        *size = Some(self.within(session, |call| call.object_size(object.0))?);
        Ok(())
    }

    fn get_attribute_value(
        &mut self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &mut [AttributeRequest],
    ) -> Result<(), Error> {
        self.within(session, |call| call.attribute_values(object.0, template))
    }

    fn set_attribute_value(
        &mut self,
        session: SessionHandle,
        object: ObjectHandle,
        template: &[Attribute<'_>],
    ) -> Result<(), Error> {
        self.within(session, |call| call.set_attributes(object.0, template))
    }

    fn find_objects_init(
        &mut self,
        session: SessionHandle,
        template: &[Attribute<'_>],
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.begin_search(template))
    }

    fn find_objects(
        &mut self,
        session: SessionHandle,
        found: (usize, &mut Vec<u64>),
    ) -> Result<(), Error> {
        let (room, handles) = found;
        *handles = self.within(session, |mut call| call.next_found(room))?;
        Ok(())
    }

    fn find_objects_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.within(session, |mut call| call.end_search())
    }

    fn encrypt_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin(Kind::Encrypt, mechanism, key.0)
        })
    }

    fn encrypt(
        &mut self,
        session: SessionHandle,
        plaintext: &[u8],
        ciphertext: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Encrypt, Ending::Whole(plaintext), ciphertext)
    }

    fn encrypt_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update(session, Kind::Encrypt, part, output)
    }

    fn encrypt_final(
        &mut self,
        session: SessionHandle,
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Encrypt, Ending::Final, output)
    }

    fn decrypt_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin(Kind::Decrypt, mechanism, key.0)
        })
    }

    fn decrypt(
        &mut self,
        session: SessionHandle,
        ciphertext: &[u8],
        plaintext: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Decrypt, Ending::Whole(ciphertext), plaintext)
    }

    fn decrypt_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update(session, Kind::Decrypt, part, output)
    }

    fn decrypt_final(
        &mut self,
        session: SessionHandle,
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Decrypt, Ending::Final, output)
    }

    fn digest_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.begin_digest(mechanism))
    }

    fn digest(
        &mut self,
        session: SessionHandle,
        data: &[u8],
        digest: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Digest, Ending::Whole(data), digest)
    }

    fn digest_update(&mut self, session: SessionHandle, part: &[u8]) -> Result<(), Error> {
        self.feed(session, Kind::Digest, part)
    }

    fn digest_key(&mut self, session: SessionHandle, key: ObjectHandle) -> Result<(), Error> {
        self.within(session, |mut call| call.digest_key(key.0))
    }

    fn digest_final(
        &mut self,
        session: SessionHandle,
        digest: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::Digest, Ending::Final, digest)
    }

    fn sign_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.begin(Kind::Sign, mechanism, key.0))
    }

    fn sign(
        &mut self,
        session: SessionHandle,
        data: &[u8],
        signature: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.end_signature(Ending::Whole(data), signature)
        })
    }

    fn sign_update(&mut self, session: SessionHandle, part: &[u8]) -> Result<(), Error> {
        self.feed(session, Kind::Sign, part)
    }

    fn sign_final(
        &mut self,
        session: SessionHandle,
        signature: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.end_signature(Ending::Final, signature)
        })
    }

    fn sign_recover_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin(Kind::SignRecover, mechanism, key.0)
        })
    }

    fn sign_recover(
        &mut self,
        session: SessionHandle,
        data: &[u8],
        signature: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.end(session, Kind::SignRecover, Ending::Whole(data), signature)
    }

    fn verify_recover_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin(Kind::VerifyRecover, mechanism, key.0)
        })
    }

    fn verify_recover(
        &mut self,
        session: SessionHandle,
        signature: &[u8],
        data: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let ending = Ending::Whole(signature);
        self.end(session, Kind::VerifyRecover, ending, data)
    }

    fn verify_signature_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
        signature: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin_verifying(mechanism, key.0, signature)
        })
    }

    fn verify_signature(&mut self, session: SessionHandle, data: &[u8]) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.activity.operations.verify_given(Ending::Whole(data))
        })
    }

    fn verify_signature_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
    ) -> Result<(), Error> {
        self.feed(session, Kind::VerifySignature, part)
    }

    fn verify_signature_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.activity.operations.verify_given(Ending::Final)
        })
    }

    fn digest_encrypt_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update_beside(session, (Kind::Encrypt, Kind::Digest), part, output)
    }

    fn decrypt_digest_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update_beside(session, (Kind::Decrypt, Kind::Digest), part, output)
    }

    fn sign_encrypt_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update_beside(session, (Kind::Encrypt, Kind::Sign), part, output)
    }

    fn decrypt_verify_update(
        &mut self,
        session: SessionHandle,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.update_beside(session, (Kind::Decrypt, Kind::Verify), part, output)
    }

    fn verify_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin(Kind::Verify, mechanism, key.0)
        })
    }

    fn verify(
        &mut self,
        session: SessionHandle,
        data: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.end_verification(Ending::Whole(data), signature)
        })
    }

    fn verify_update(&mut self, session: SessionHandle, part: &[u8]) -> Result<(), Error> {
        self.feed(session, Kind::Verify, part)
    }

    fn verify_final(&mut self, session: SessionHandle, signature: &[u8]) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.end_verification(Ending::Final, signature)
        })
    }

    fn generate_key(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        template: &[Attribute<'_>],
        key: &mut Option<u64>,
    ) -> Result<(), Error> {
        *key = Some(self.within(session, |call| call.generate_key(mechanism, template))?);
        Ok(())
    }

    fn generate_key_pair(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        public: &[Attribute<'_>],
        private: &[Attribute<'_>],
        public_key: &mut Option<u64>,
        private_key: &mut Option<u64>,
    ) -> Result<(), Error> {
        let pair = self.within(session, |call| {
            call.generate_pair(mechanism, public, private)
        })?;
        (*public_key, *private_key) = (Some(pair.0), Some(pair.1));
        Ok(())
    }

    fn wrap_key(
        &mut self,
        session: SessionHandle,
        mechanism: (Option<MechanismArgument<'_>>, &mut Sealed),
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        wrapped: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |call| {
            call.wrap_key(mechanism, (wrapping_key.0, key.0), wrapped)
        })
    }

    fn unwrap_key(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        unwrapping_key: ObjectHandle,
        wrapped: &[u8],
        template: &[Attribute<'_>],
        key: &mut Option<u64>,
    ) -> Result<(), Error> {
        *key = Some(self.within(session, |call| {
            call.unwrap_key(mechanism, unwrapping_key.0, wrapped, template)
        })?);
        Ok(())
    }

    fn encapsulate_key(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        public_key: ObjectHandle,
        template: &[Attribute<'_>],
        ciphertext: &mut Answer<Vec<u8>>,
        key: &mut Option<u64>,
    ) -> Result<(), Error> {
        *key = self.within(session, |call| {
            call.encapsulate_key(mechanism, public_key.0, template, ciphertext)
        })?;
        Ok(())
    }

    fn decapsulate_key(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        private_key: ObjectHandle,
        template: &[Attribute<'_>],
        ciphertext: &[u8],
        key: &mut Option<u64>,
    ) -> Result<(), Error> {
        *key = Some(self.within(session, |call| {
            call.decapsulate_key(mechanism, private_key.0, template, ciphertext)
        })?);
        Ok(())
    }

    fn wrap_key_authenticated(
        &mut self,
        session: SessionHandle,
        mechanism: (Option<MechanismArgument<'_>>, &mut Sealed),
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        associated: &[u8],
        wrapped: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |call| {
            call.wrap_key_authenticated(mechanism, (wrapping_key.0, key.0), associated, wrapped)
        })
    }

    fn unwrap_key_authenticated(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        unwrapping_key: ObjectHandle,
        wrapped: &[u8],
        template: &[Attribute<'_>],
        associated: &[u8],
        key: &mut Option<u64>,
    ) -> Result<(), Error> {
        *key = Some(self.within(session, |call| {
            let unwrapping = unwrapping_key.0;
            call.unwrap_key_authenticated(mechanism, unwrapping, wrapped, template, associated)
        })?);
        Ok(())
    }

    fn message_encrypt_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.begin_messages(session, MessageKind::Encrypt, mechanism, key)
    }

    fn encrypt_message(
        &mut self,
        session: SessionHandle,
        parameter: (Params<'_>, &mut Sealed),
        associated: &[u8],
        input: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.encrypt_message(parameter, associated, input, output)
        })
    }

    fn encrypt_message_begin(
        &mut self,
        session: SessionHandle,
        parameter: (Params<'_>, &mut Sealed),
        associated: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin_encrypting(parameter, associated)
        })
    }

    fn encrypt_message_next(
        &mut self,
        session: SessionHandle,
        parameter: (Params<'_>, &mut Sealed),
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
        flags: Ulong,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.encrypt_part(parameter, part, output, flags.0)
        })
    }

    fn message_encrypt_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.end_messages(session, MessageKind::Encrypt)
    }

    fn message_decrypt_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.begin_messages(session, MessageKind::Decrypt, mechanism, key)
    }

    fn decrypt_message(
        &mut self,
        session: SessionHandle,
        parameter: Params<'_>,
        associated: &[u8],
        input: &[u8],
        output: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.decrypt_message(parameter, associated, input, output)
        })
    }

    fn decrypt_message_begin(
        &mut self,
        session: SessionHandle,
        parameter: Params<'_>,
        associated: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.begin_decrypting(parameter, associated)
        })
    }

    fn decrypt_message_next(
        &mut self,
        session: SessionHandle,
        parameter: Params<'_>,
        part: &[u8],
        output: &mut Answer<Vec<u8>>,
        flags: Ulong,
    ) -> Result<(), Error> {
        self.within(session, |mut call| {
            call.decrypt_part(parameter, part, output, flags.0)
        })
    }

    fn message_decrypt_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.end_messages(session, MessageKind::Decrypt)
    }

    fn message_sign_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.begin_messages(session, MessageKind::Sign, mechanism, key)
    }

    fn sign_message(
        &mut self,
        session: SessionHandle,
        _parameter: (),
        data: &[u8],
        signature: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.sign_message(data, signature))
    }

    fn sign_message_begin(&mut self, session: SessionHandle, _parameter: ()) -> Result<(), Error> {
        self.within(session, |mut call| call.begin_signing())
    }

    fn sign_message_next(
        &mut self,
        session: SessionHandle,
        _parameter: (),
        part: &[u8],
        signature: Option<&mut Answer<Vec<u8>>>,
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.sign_part(part, signature))
    }

    fn message_sign_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.end_messages(session, MessageKind::Sign)
    }

    fn message_verify_init(
        &mut self,
        session: SessionHandle,
        mechanism: Option<MechanismArgument<'_>>,
        key: ObjectHandle,
    ) -> Result<(), Error> {
        self.begin_messages(session, MessageKind::Verify, mechanism, key)
    }

    fn verify_message(
        &mut self,
        session: SessionHandle,
        _parameter: (),
        data: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.verify_message(data, signature))
    }

    fn verify_message_begin(
        &mut self,
        session: SessionHandle,
        _parameter: (),
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.begin_verifying_message())
    }

    fn verify_message_next(
        &mut self,
        session: SessionHandle,
        _parameter: (),
        part: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        self.within(session, |mut call| call.verify_part(part, signature))
    }

    fn message_verify_final(&mut self, session: SessionHandle) -> Result<(), Error> {
        self.end_messages(session, MessageKind::Verify)
    }

    fn derive_key(
        &mut self,
        session: SessionHandle,
        mechanism: Deriving<'_>,
        base_key: ObjectHandle,
        template: &[Attribute<'_>],
        key: &mut NewKey,
    ) -> Result<(), Error> {
        self.within(session, |call| {
            call.derive_key(mechanism, base_key.0, template, key)
        })
    }

    /// Takes the seed and leaves the generator as it is: it seeds itself, and no caller makes it better or worse.
    /// Refusing would be as good by the standard, but some applications stop there.
    fn seed_random(&mut self, session: SessionHandle, _seed: &[u8]) -> Result<(), Error> {
        self.within(session, |_| Ok(()))
    }

    fn generate_random(
        &mut self,
        session: SessionHandle,
        random: (usize, &mut Vec<u8>),
    ) -> Result<(), Error> {
        let (length, bytes) = random;
        self.within(session, |call| {
            bytes.resize(length, 0);
            call.core.env.random(bytes);
            Ok(())
        })
    }
}
