//! The call table: one row per function of PKCS#11, in the order of the standard's function lists.
//!
//! A row says: the variant and number of the call, its C name as a text, the handler's method, the first version of the
//! standard that has it, the section (of PKCS#11 3.1; "5" where 3.2 added the function), who may call it, how heavy
//! it is, who serves it, and its arguments by shape.

/// The version of the standard that brought a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2.40.
    V2_40,
    /// 3.0.
    V3_0,
    /// 3.2.
    V3_2,
}

/// What a call asks for before anything else is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing.
    Public,
    /// An open session; objects ask for more by themselves.
    Session,
    /// An open read/write session.
    ReadWrite,
    /// A session in which the security officer is logged in.
    SecurityOfficer,
}

/// How long a call may keep a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Microseconds: served where it arrives.
    Light,
    /// It may wait for the disk, derive a key from a PIN or make a key pair: served aside.
    Heavy,
}

/// Who serves a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The module itself; it never travels.
    Local,
    /// The token in the HSM.
    Token,
}

/// A row of the table, as data.
#[derive(Clone, Copy, Debug)]
pub struct CallRow {
    /// The call.
    pub call: Call,
    /// Its C name.
    pub name: &'static str,
    /// The version of the standard that brought it.
    pub since: Version,
    /// Its section in the standard.
    pub section: &'static str,
    /// What it asks for.
    pub class: Class,
    /// How long it may take.
    pub weight: Weight,
    /// Who serves it.
    pub place: Place,
}

/// Hands every row of the call table to the macro `$emit`, behind whatever else is given.
#[macro_export]
macro_rules! for_each_call {
    ($emit:ident $($context:tt)*) => {
        $emit! { $($context)*
            Initialize = 1 C_Initialize initialize V2_40 "5.4.1" Public Light Local (ignored: shape::Ignored<1>);
            Finalize = 2 C_Finalize finalize V2_40 "5.4.2" Public Light Local (ignored: shape::Ignored<1>);
            GetInfo = 3 C_GetInfo get_info V2_40 "5.4.3" Public Light Local (ignored: shape::Ignored<1>);
            GetFunctionList = 4 C_GetFunctionList get_function_list V2_40 "5.4.4" Public Light Local (ignored: shape::Ignored<1>);
            GetSlotList = 5 C_GetSlotList get_slot_list V2_40 "5.5.1" Public Light Token (token_present: shape::Flag, slots: shape::ListOut);
            GetSlotInfo = 6 C_GetSlotInfo get_slot_info V2_40 "5.5.2" Public Light Token (slot: shape::SlotId, info: shape::SlotInfoOut);
            GetTokenInfo = 7 C_GetTokenInfo get_token_info V2_40 "5.5.3" Public Light Token (slot: shape::SlotId, info: shape::TokenInfoOut);
            GetMechanismList = 8 C_GetMechanismList get_mechanism_list V2_40 "5.5.5" Public Light Token (slot: shape::SlotId, mechanisms: shape::ListOut);
            GetMechanismInfo = 9 C_GetMechanismInfo get_mechanism_info V2_40 "5.5.6" Public Light Token (slot: shape::SlotId, kind: shape::Ulong, info: shape::MechanismInfoOut);
            InitToken = 10 C_InitToken init_token V2_40 "5.5.7" Public Heavy Token (slot: shape::SlotId, pin: shape::Pin, label: shape::Label);
            InitPin = 11 C_InitPIN init_pin V2_40 "5.5.8" SecurityOfficer Heavy Token (session: shape::SessionHandle, pin: shape::Pin);
            SetPin = 12 C_SetPIN set_pin V2_40 "5.5.9" ReadWrite Heavy Token (session: shape::SessionHandle, old: shape::Pin, new: shape::Pin);
            OpenSession = 13 C_OpenSession open_session V2_40 "5.6.1" Public Light Token (slot: shape::SlotId, flags: shape::Ulong, notify: shape::Ignored<2>, session: shape::NumberOut);
            CloseSession = 14 C_CloseSession close_session V2_40 "5.6.2" Session Light Token (session: shape::SessionHandle);
            CloseAllSessions = 15 C_CloseAllSessions close_all_sessions V2_40 "5.6.3" Public Light Token (slot: shape::SlotId);
            GetSessionInfo = 16 C_GetSessionInfo get_session_info V2_40 "5.6.4" Session Light Token (session: shape::SessionHandle, info: shape::SessionInfoOut);
            GetOperationState = 17 C_GetOperationState get_operation_state V2_40 "5.6.6" Session Light Token (session: shape::SessionHandle, state: shape::BufferOut);
            SetOperationState = 18 C_SetOperationState set_operation_state V2_40 "5.6.7" Session Light Token (session: shape::SessionHandle, state: shape::BytesIn, encryption_key: shape::ObjectHandle, authentication_key: shape::ObjectHandle);
            Login = 19 C_Login login V2_40 "5.6.8" Session Heavy Token (session: shape::SessionHandle, user: shape::Ulong, pin: shape::Pin);
            Logout = 20 C_Logout logout V2_40 "5.6.10" Session Light Token (session: shape::SessionHandle);
            CreateObject = 21 C_CreateObject create_object V2_40 "5.7.1" Session Heavy Token (session: shape::SessionHandle, template: shape::TemplateIn, object: shape::NumberOut);
            CopyObject = 22 C_CopyObject copy_object V2_40 "5.7.2" Session Heavy Token (session: shape::SessionHandle, object: shape::ObjectHandle, template: shape::TemplateIn, copy: shape::NumberOut);
            DestroyObject = 23 C_DestroyObject destroy_object V2_40 "5.7.3" Session Heavy Token (session: shape::SessionHandle, object: shape::ObjectHandle);
            GetObjectSize = 24 C_GetObjectSize get_object_size V2_40 "5.7.4" Session Light Token (session: shape::SessionHandle, object: shape::ObjectHandle, size: shape::NumberOut);
            GetAttributeValue = 25 C_GetAttributeValue get_attribute_value V2_40 "5.7.5" Session Light Token (session: shape::SessionHandle, object: shape::ObjectHandle, template: shape::TemplateOut);
            SetAttributeValue = 26 C_SetAttributeValue set_attribute_value V2_40 "5.7.6" Session Heavy Token (session: shape::SessionHandle, object: shape::ObjectHandle, template: shape::TemplateIn);
            FindObjectsInit = 27 C_FindObjectsInit find_objects_init V2_40 "5.7.7" Session Light Token (session: shape::SessionHandle, template: shape::TemplateIn);
            FindObjects = 28 C_FindObjects find_objects V2_40 "5.7.8" Session Light Token (session: shape::SessionHandle, found: shape::FoundOut);
            FindObjectsFinal = 29 C_FindObjectsFinal find_objects_final V2_40 "5.7.9" Session Light Token (session: shape::SessionHandle);
            EncryptInit = 30 C_EncryptInit encrypt_init V2_40 "5.8.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            Encrypt = 31 C_Encrypt encrypt V2_40 "5.8.2" Session Light Token (session: shape::SessionHandle, plaintext: shape::BytesIn, ciphertext: shape::BufferOut);
            EncryptUpdate = 32 C_EncryptUpdate encrypt_update V2_40 "5.8.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            EncryptFinal = 33 C_EncryptFinal encrypt_final V2_40 "5.8.4" Session Light Token (session: shape::SessionHandle, output: shape::BufferOut);
            DecryptInit = 34 C_DecryptInit decrypt_init V2_40 "5.10.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            Decrypt = 35 C_Decrypt decrypt V2_40 "5.10.2" Session Light Token (session: shape::SessionHandle, ciphertext: shape::BytesIn, plaintext: shape::BufferOut);
            DecryptUpdate = 36 C_DecryptUpdate decrypt_update V2_40 "5.10.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            DecryptFinal = 37 C_DecryptFinal decrypt_final V2_40 "5.10.4" Session Light Token (session: shape::SessionHandle, output: shape::BufferOut);
            DigestInit = 38 C_DigestInit digest_init V2_40 "5.12.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn);
            Digest = 39 C_Digest digest V2_40 "5.12.2" Session Light Token (session: shape::SessionHandle, data: shape::BytesIn, digest: shape::BufferOut);
            DigestUpdate = 40 C_DigestUpdate digest_update V2_40 "5.12.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn);
            DigestKey = 41 C_DigestKey digest_key V2_40 "5.12.4" Session Light Token (session: shape::SessionHandle, key: shape::ObjectHandle);
            DigestFinal = 42 C_DigestFinal digest_final V2_40 "5.12.5" Session Light Token (session: shape::SessionHandle, digest: shape::BufferOut);
            SignInit = 43 C_SignInit sign_init V2_40 "5.13.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            Sign = 44 C_Sign sign V2_40 "5.13.2" Session Light Token (session: shape::SessionHandle, data: shape::BytesIn, signature: shape::BufferOut);
            SignUpdate = 45 C_SignUpdate sign_update V2_40 "5.13.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn);
            SignFinal = 46 C_SignFinal sign_final V2_40 "5.13.4" Session Light Token (session: shape::SessionHandle, signature: shape::BufferOut);
            SignRecoverInit = 47 C_SignRecoverInit sign_recover_init V2_40 "5.13.5" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            SignRecover = 48 C_SignRecover sign_recover V2_40 "5.13.6" Session Light Token (session: shape::SessionHandle, data: shape::BytesIn, signature: shape::BufferOut);
            VerifyInit = 49 C_VerifyInit verify_init V2_40 "5.15.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            Verify = 50 C_Verify verify V2_40 "5.15.2" Session Light Token (session: shape::SessionHandle, data: shape::BytesIn, signature: shape::BytesIn);
            VerifyUpdate = 51 C_VerifyUpdate verify_update V2_40 "5.15.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn);
            VerifyFinal = 52 C_VerifyFinal verify_final V2_40 "5.15.4" Session Light Token (session: shape::SessionHandle, signature: shape::BytesIn);
            VerifyRecoverInit = 53 C_VerifyRecoverInit verify_recover_init V2_40 "5.15.5" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            VerifyRecover = 54 C_VerifyRecover verify_recover V2_40 "5.15.6" Session Light Token (session: shape::SessionHandle, signature: shape::BytesIn, data: shape::BufferOut);
            DigestEncryptUpdate = 55 C_DigestEncryptUpdate digest_encrypt_update V2_40 "5.17.1" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            DecryptDigestUpdate = 56 C_DecryptDigestUpdate decrypt_digest_update V2_40 "5.17.2" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            SignEncryptUpdate = 57 C_SignEncryptUpdate sign_encrypt_update V2_40 "5.17.3" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            DecryptVerifyUpdate = 58 C_DecryptVerifyUpdate decrypt_verify_update V2_40 "5.17.4" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn, output: shape::BufferOut);
            GenerateKey = 59 C_GenerateKey generate_key V2_40 "5.18.1" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, template: shape::TemplateIn, key: shape::NumberOut);
            GenerateKeyPair = 60 C_GenerateKeyPair generate_key_pair V2_40 "5.18.2" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, public: shape::TemplateIn, private: shape::TemplateIn, public_key: shape::NumberOut, private_key: shape::NumberOut);
            WrapKey = 61 C_WrapKey wrap_key V2_40 "5.18.3" Session Light Token (session: shape::SessionHandle, mechanism: shape::WrappingMechanism, wrapping_key: shape::ObjectHandle, key: shape::ObjectHandle, wrapped: shape::BufferOut);
            UnwrapKey = 62 C_UnwrapKey unwrap_key V2_40 "5.18.4" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::UnwrappingMechanism, unwrapping_key: shape::ObjectHandle, wrapped: shape::BytesIn, template: shape::TemplateIn, key: shape::NumberOut);
            DeriveKey = 63 C_DeriveKey derive_key V2_40 "5.18.5" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::DerivingMechanism, base_key: shape::ObjectHandle, template: shape::TemplateIn, key: shape::KeyPlace);
            SeedRandom = 64 C_SeedRandom seed_random V2_40 "5.19.1" Session Light Token (session: shape::SessionHandle, seed: shape::BytesIn);
            GenerateRandom = 65 C_GenerateRandom generate_random V2_40 "5.19.2" Session Light Token (session: shape::SessionHandle, random: shape::RandomOut);
            GetFunctionStatus = 66 C_GetFunctionStatus get_function_status V2_40 "5.20.1" Public Light Local (ignored: shape::Ignored<1>);
            CancelFunction = 67 C_CancelFunction cancel_function V2_40 "5.20.2" Public Light Local (ignored: shape::Ignored<1>);
            WaitForSlotEvent = 68 C_WaitForSlotEvent wait_for_slot_event V2_40 "5.5.4" Public Light Local (ignored: shape::Ignored<3>);
            GetInterfaceList = 69 C_GetInterfaceList get_interface_list V3_0 "5.4.5" Public Light Local (ignored: shape::Ignored<2>);
            GetInterface = 70 C_GetInterface get_interface V3_0 "5.4.6" Public Light Local (ignored: shape::Ignored<4>);
            LoginUser = 71 C_LoginUser login_user V3_0 "5.6.9" Session Heavy Token (session: shape::SessionHandle, user: shape::Ulong, pin: shape::Pin, name: shape::BytesIn);
            SessionCancel = 72 C_SessionCancel session_cancel V3_0 "5.6.5" Session Light Token (session: shape::SessionHandle, flags: shape::Ulong);
            MessageEncryptInit = 73 C_MessageEncryptInit message_encrypt_init V3_0 "5.9.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::CipherMechanism, key: shape::ObjectHandle);
            EncryptMessage = 74 C_EncryptMessage encrypt_message V3_0 "5.9.2" Session Light Token (session: shape::SessionHandle, parameter: shape::SealingParameter, associated: shape::BytesIn, input: shape::BytesIn, output: shape::BufferOut);
            EncryptMessageBegin = 75 C_EncryptMessageBegin encrypt_message_begin V3_0 "5.9.3" Session Light Token (session: shape::SessionHandle, parameter: shape::SealingParameter, associated: shape::BytesIn);
            EncryptMessageNext = 76 C_EncryptMessageNext encrypt_message_next V3_0 "5.9.4" Session Light Token (session: shape::SessionHandle, parameter: shape::SealingParameter, part: shape::BytesIn, output: shape::BufferOut, flags: shape::Ulong);
            MessageEncryptFinal = 77 C_MessageEncryptFinal message_encrypt_final V3_0 "5.9.5" Session Light Token (session: shape::SessionHandle);
            MessageDecryptInit = 78 C_MessageDecryptInit message_decrypt_init V3_0 "5.11.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::CipherMechanism, key: shape::ObjectHandle);
            DecryptMessage = 79 C_DecryptMessage decrypt_message V3_0 "5.11.2" Session Light Token (session: shape::SessionHandle, parameter: shape::OpeningParameter, associated: shape::BytesIn, input: shape::BytesIn, output: shape::BufferOut);
            DecryptMessageBegin = 80 C_DecryptMessageBegin decrypt_message_begin V3_0 "5.11.3" Session Light Token (session: shape::SessionHandle, parameter: shape::OpeningParameter, associated: shape::BytesIn);
            DecryptMessageNext = 81 C_DecryptMessageNext decrypt_message_next V3_0 "5.11.4" Session Light Token (session: shape::SessionHandle, parameter: shape::OpeningParameter, part: shape::BytesIn, output: shape::BufferOut, flags: shape::Ulong);
            MessageDecryptFinal = 82 C_MessageDecryptFinal message_decrypt_final V3_0 "5.11.5" Session Light Token (session: shape::SessionHandle);
            MessageSignInit = 83 C_MessageSignInit message_sign_init V3_0 "5.14.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            SignMessage = 84 C_SignMessage sign_message V3_0 "5.14.2" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>, data: shape::BytesIn, signature: shape::BufferOut);
            SignMessageBegin = 85 C_SignMessageBegin sign_message_begin V3_0 "5.14.3" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>);
            SignMessageNext = 86 C_SignMessageNext sign_message_next V3_0 "5.14.4" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>, part: shape::BytesIn, signature: shape::OptionalBufferOut);
            MessageSignFinal = 87 C_MessageSignFinal message_sign_final V3_0 "5.14.5" Session Light Token (session: shape::SessionHandle);
            MessageVerifyInit = 88 C_MessageVerifyInit message_verify_init V3_0 "5.16.1" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle);
            VerifyMessage = 89 C_VerifyMessage verify_message V3_0 "5.16.2" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>, data: shape::BytesIn, signature: shape::BytesIn);
            VerifyMessageBegin = 90 C_VerifyMessageBegin verify_message_begin V3_0 "5.16.3" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>);
            VerifyMessageNext = 91 C_VerifyMessageNext verify_message_next V3_0 "5.16.4" Session Light Token (session: shape::SessionHandle, parameter: shape::Ignored<2>, part: shape::BytesIn, signature: shape::BytesIn);
            MessageVerifyFinal = 92 C_MessageVerifyFinal message_verify_final V3_0 "5.16.5" Session Light Token (session: shape::SessionHandle);
            EncapsulateKey = 93 C_EncapsulateKey encapsulate_key V3_2 "5.18.8" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, public_key: shape::ObjectHandle, template: shape::TemplateIn, ciphertext: shape::BufferOut, key: shape::NumberOut);
            DecapsulateKey = 94 C_DecapsulateKey decapsulate_key V3_2 "5.18.9" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, private_key: shape::ObjectHandle, template: shape::TemplateIn, ciphertext: shape::BytesIn, key: shape::NumberOut);
            VerifySignatureInit = 95 C_VerifySignatureInit verify_signature_init V3_2 "5" Session Light Token (session: shape::SessionHandle, mechanism: shape::MechanismIn, key: shape::ObjectHandle, signature: shape::BytesIn);
            VerifySignature = 96 C_VerifySignature verify_signature V3_2 "5" Session Light Token (session: shape::SessionHandle, data: shape::BytesIn);
            VerifySignatureUpdate = 97 C_VerifySignatureUpdate verify_signature_update V3_2 "5" Session Light Token (session: shape::SessionHandle, part: shape::BytesIn);
            VerifySignatureFinal = 98 C_VerifySignatureFinal verify_signature_final V3_2 "5" Session Light Token (session: shape::SessionHandle);
            GetSessionValidationFlags = 99 C_GetSessionValidationFlags get_session_validation_flags V3_2 "5" Session Light Token (session: shape::SessionHandle, kind: shape::Ulong, flags: shape::NumberOut);
            AsyncComplete = 100 C_AsyncComplete async_complete V3_2 "5" Session Light Token (session: shape::SessionHandle, ignored: shape::Ignored<2>);
            AsyncGetId = 101 C_AsyncGetID async_get_id V3_2 "5" Session Light Token (session: shape::SessionHandle, ignored: shape::Ignored<2>);
            AsyncJoin = 102 C_AsyncJoin async_join V3_2 "5" Session Light Token (session: shape::SessionHandle, ignored: shape::Ignored<4>);
            WrapKeyAuthenticated = 103 C_WrapKeyAuthenticated wrap_key_authenticated V3_2 "5.18.6" Session Light Token (session: shape::SessionHandle, mechanism: shape::SealingMechanism, wrapping_key: shape::ObjectHandle, key: shape::ObjectHandle, associated: shape::BytesIn, wrapped: shape::BufferOut);
            UnwrapKeyAuthenticated = 104 C_UnwrapKeyAuthenticated unwrap_key_authenticated V3_2 "5.18.7" Session Heavy Token (session: shape::SessionHandle, mechanism: shape::OpeningMechanism, unwrapping_key: shape::ObjectHandle, wrapped: shape::BytesIn, template: shape::TemplateIn, associated: shape::BytesIn, key: shape::NumberOut);
        }
    };
}

macro_rules! make_calls {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident $weight:ident $place:ident
        ($($argument:ident: $shape:ty),*);)*) => {
        /// A function of PKCS#11, by the number that it has on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Call {
            $(#[doc = concat!("`", stringify!($c_name), "`")] $variant = $number,)*
        }

        /// Every row, in the order of the table.
        pub const CALLS: &[CallRow] = &[$(CallRow {
            call: Call::$variant,
            name: stringify!($c_name),
            since: Version::$since,
            section: $section,
            class: Class::$class,
            weight: Weight::$weight,
            place: Place::$place,
        }),*];
    };
}

for_each_call!(make_calls);

impl Call {
    /// Returns the number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Finds a call by its number on the wire.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        let index = usize::from(number).checked_sub(1)?;
        CALLS.get(index).map(|row| row.call)
    }

    /// Returns its row.
    #[must_use]
    pub fn row(self) -> &'static CallRow {
        &CALLS[usize::from(self.number()) - 1]
    }
}
