//! The functions of PKCS#11, in the order of the function lists.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Makes the enum and its tables from one list for each version.
macro_rules! functions {
    ($($version:ident { $($name:ident/$arity:literal,)* })*) => {
        /// A function of PKCS#11 by the standard's name.
        #[expect(non_camel_case_types, reason = "these are the standard's names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Function {
            $($(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*)*
        }

        impl Function {
            /// All of them, in the order of `CK_FUNCTION_LIST_3_2`.
            pub const ALL: &[Self] = &[$($(Self::$name,)*)*];

            /// Returns the standard's name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$name => stringify!($name),)*)* }
            }

            /// Returns how many arguments it takes.
            #[must_use]
            pub fn arity(self) -> usize {
                match self { $($(Self::$name => $arity,)*)* }
            }

            /// Returns the first version whose function list has it.
            #[must_use]
            pub fn since(self) -> Version {
                match self { $($(Self::$name)|* => Version::$version,)* }
            }
        }
    };
}

/// A version of PKCS#11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub enum Version {
    /// 2.40, and everything before it.
    V2_40,
    /// 3.0
    V3_0,
    /// 3.1
    V3_1,
    /// 3.2
    V3_2,
}

impl Version {
    /// Returns the version of a `CK_VERSION`; what lies between two versions is the earlier one.
    #[must_use]
    pub fn of(major: u8, minor: u8) -> Self {
        match (major, minor) {
            (0..=2, _) => Self::V2_40,
            (3, 0) => Self::V3_0,
            (3, 1) => Self::V3_1,
            _ => Self::V3_2,
        }
    }

    /// Returns how many functions its function list has.
    #[must_use]
    pub fn functions(self) -> usize {
        Function::ALL
            .iter()
            .filter(|function| function.since() <= self)
            .count()
    }
}

impl Function {
    /// Tells whether every module has to serve it: what the Baseline Provider profile asks for.
    #[must_use]
    pub fn is_basic(self) -> bool {
        BASIC.contains(&self)
    }
}

/// The functions of the Baseline Provider (PKCS #11 Profiles).
const BASIC: &[Function] = &[
    Function::C_CloseAllSessions,
    Function::C_CloseSession,
    Function::C_Finalize,
    Function::C_FindObjects,
    Function::C_FindObjectsFinal,
    Function::C_FindObjectsInit,
    Function::C_GetAttributeValue,
    Function::C_GetFunctionList,
    Function::C_GetInfo,
    Function::C_GetMechanismInfo,
    Function::C_GetMechanismList,
    Function::C_GetSessionInfo,
    Function::C_GetSlotInfo,
    Function::C_GetSlotList,
    Function::C_GetTokenInfo,
    Function::C_Initialize,
    Function::C_OpenSession,
];

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::V2_40 => "2.40",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V3_2 => "3.2",
        })
    }
}

impl fmt::Display for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

functions! {
    V2_40 {
        C_Initialize/1,
        C_Finalize/1,
        C_GetInfo/1,
        C_GetFunctionList/1,
        C_GetSlotList/3,
        C_GetSlotInfo/2,
        C_GetTokenInfo/2,
        C_GetMechanismList/3,
        C_GetMechanismInfo/3,
        C_InitToken/4,
        C_InitPIN/3,
        C_SetPIN/5,
        C_OpenSession/5,
        C_CloseSession/1,
        C_CloseAllSessions/1,
        C_GetSessionInfo/2,
        C_GetOperationState/3,
        C_SetOperationState/5,
        C_Login/4,
        C_Logout/1,
        C_CreateObject/4,
        C_CopyObject/5,
        C_DestroyObject/2,
        C_GetObjectSize/3,
        C_GetAttributeValue/4,
        C_SetAttributeValue/4,
        C_FindObjectsInit/3,
        C_FindObjects/4,
        C_FindObjectsFinal/1,
        C_EncryptInit/3,
        C_Encrypt/5,
        C_EncryptUpdate/5,
        C_EncryptFinal/3,
        C_DecryptInit/3,
        C_Decrypt/5,
        C_DecryptUpdate/5,
        C_DecryptFinal/3,
        C_DigestInit/2,
        C_Digest/5,
        C_DigestUpdate/3,
        C_DigestKey/2,
        C_DigestFinal/3,
        C_SignInit/3,
        C_Sign/5,
        C_SignUpdate/3,
        C_SignFinal/3,
        C_SignRecoverInit/3,
        C_SignRecover/5,
        C_VerifyInit/3,
        C_Verify/5,
        C_VerifyUpdate/3,
        C_VerifyFinal/3,
        C_VerifyRecoverInit/3,
        C_VerifyRecover/5,
        C_DigestEncryptUpdate/5,
        C_DecryptDigestUpdate/5,
        C_SignEncryptUpdate/5,
        C_DecryptVerifyUpdate/5,
        C_GenerateKey/5,
        C_GenerateKeyPair/8,
        C_WrapKey/6,
        C_UnwrapKey/8,
        C_DeriveKey/6,
        C_SeedRandom/3,
        C_GenerateRandom/3,
        C_GetFunctionStatus/1,
        C_CancelFunction/1,
        C_WaitForSlotEvent/3,
    }
    V3_0 {
        C_GetInterfaceList/2,
        C_GetInterface/4,
        C_LoginUser/6,
        C_SessionCancel/2,
        C_MessageEncryptInit/3,
        C_EncryptMessage/9,
        C_EncryptMessageBegin/5,
        C_EncryptMessageNext/8,
        C_MessageEncryptFinal/1,
        C_MessageDecryptInit/3,
        C_DecryptMessage/9,
        C_DecryptMessageBegin/5,
        C_DecryptMessageNext/8,
        C_MessageDecryptFinal/1,
        C_MessageSignInit/3,
        C_SignMessage/7,
        C_SignMessageBegin/3,
        C_SignMessageNext/7,
        C_MessageSignFinal/1,
        C_MessageVerifyInit/3,
        C_VerifyMessage/7,
        C_VerifyMessageBegin/3,
        C_VerifyMessageNext/7,
        C_MessageVerifyFinal/1,
    }
    V3_2 {
        C_EncapsulateKey/8,
        C_DecapsulateKey/8,
        C_VerifySignatureInit/5,
        C_VerifySignature/3,
        C_VerifySignatureUpdate/3,
        C_VerifySignatureFinal/1,
        C_GetSessionValidationFlags/3,
        C_AsyncComplete/3,
        C_AsyncGetID/3,
        C_AsyncJoin/5,
        C_WrapKeyAuthenticated/8,
        C_UnwrapKeyAuthenticated/10,
    }
}
