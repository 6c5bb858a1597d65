//! The functions of PKCS#11, in the order of its function lists, and where their arguments lie.

/// Hands every function to the macro `$emit`: its variant, its C name and how many arguments it has.
macro_rules! for_each_function {
    ($emit:ident) => {
        $emit! {
            Initialize = C_Initialize 1;
            Finalize = C_Finalize 1;
            GetInfo = C_GetInfo 1;
            GetFunctionList = C_GetFunctionList 1;
            GetSlotList = C_GetSlotList 3;
            GetSlotInfo = C_GetSlotInfo 2;
            GetTokenInfo = C_GetTokenInfo 2;
            GetMechanismList = C_GetMechanismList 3;
            GetMechanismInfo = C_GetMechanismInfo 3;
            InitToken = C_InitToken 4;
            InitPin = C_InitPIN 3;
            SetPin = C_SetPIN 5;
            OpenSession = C_OpenSession 5;
            CloseSession = C_CloseSession 1;
            CloseAllSessions = C_CloseAllSessions 1;
            GetSessionInfo = C_GetSessionInfo 2;
            GetOperationState = C_GetOperationState 3;
            SetOperationState = C_SetOperationState 5;
            Login = C_Login 4;
            Logout = C_Logout 1;
            CreateObject = C_CreateObject 4;
            CopyObject = C_CopyObject 5;
            DestroyObject = C_DestroyObject 2;
            GetObjectSize = C_GetObjectSize 3;
            GetAttributeValue = C_GetAttributeValue 4;
            SetAttributeValue = C_SetAttributeValue 4;
            FindObjectsInit = C_FindObjectsInit 3;
            FindObjects = C_FindObjects 4;
            FindObjectsFinal = C_FindObjectsFinal 1;
            EncryptInit = C_EncryptInit 3;
            Encrypt = C_Encrypt 5;
            EncryptUpdate = C_EncryptUpdate 5;
            EncryptFinal = C_EncryptFinal 3;
            DecryptInit = C_DecryptInit 3;
            Decrypt = C_Decrypt 5;
            DecryptUpdate = C_DecryptUpdate 5;
            DecryptFinal = C_DecryptFinal 3;
            DigestInit = C_DigestInit 2;
            Digest = C_Digest 5;
            DigestUpdate = C_DigestUpdate 3;
            DigestKey = C_DigestKey 2;
            DigestFinal = C_DigestFinal 3;
            SignInit = C_SignInit 3;
            Sign = C_Sign 5;
            SignUpdate = C_SignUpdate 3;
            SignFinal = C_SignFinal 3;
            SignRecoverInit = C_SignRecoverInit 3;
            SignRecover = C_SignRecover 5;
            VerifyInit = C_VerifyInit 3;
            Verify = C_Verify 5;
            VerifyUpdate = C_VerifyUpdate 3;
            VerifyFinal = C_VerifyFinal 3;
            VerifyRecoverInit = C_VerifyRecoverInit 3;
            VerifyRecover = C_VerifyRecover 5;
            DigestEncryptUpdate = C_DigestEncryptUpdate 5;
            DecryptDigestUpdate = C_DecryptDigestUpdate 5;
            SignEncryptUpdate = C_SignEncryptUpdate 5;
            DecryptVerifyUpdate = C_DecryptVerifyUpdate 5;
            GenerateKey = C_GenerateKey 5;
            GenerateKeyPair = C_GenerateKeyPair 8;
            WrapKey = C_WrapKey 6;
            UnwrapKey = C_UnwrapKey 8;
            DeriveKey = C_DeriveKey 6;
            SeedRandom = C_SeedRandom 3;
            GenerateRandom = C_GenerateRandom 3;
            GetFunctionStatus = C_GetFunctionStatus 1;
            CancelFunction = C_CancelFunction 1;
            WaitForSlotEvent = C_WaitForSlotEvent 3;
            GetInterfaceList = C_GetInterfaceList 2;
            GetInterface = C_GetInterface 4;
            LoginUser = C_LoginUser 6;
            SessionCancel = C_SessionCancel 2;
            MessageEncryptInit = C_MessageEncryptInit 3;
            EncryptMessage = C_EncryptMessage 9;
            EncryptMessageBegin = C_EncryptMessageBegin 5;
            EncryptMessageNext = C_EncryptMessageNext 8;
            MessageEncryptFinal = C_MessageEncryptFinal 1;
            MessageDecryptInit = C_MessageDecryptInit 3;
            DecryptMessage = C_DecryptMessage 9;
            DecryptMessageBegin = C_DecryptMessageBegin 5;
            DecryptMessageNext = C_DecryptMessageNext 8;
            MessageDecryptFinal = C_MessageDecryptFinal 1;
            MessageSignInit = C_MessageSignInit 3;
            SignMessage = C_SignMessage 7;
            SignMessageBegin = C_SignMessageBegin 3;
            SignMessageNext = C_SignMessageNext 7;
            MessageSignFinal = C_MessageSignFinal 1;
            MessageVerifyInit = C_MessageVerifyInit 3;
            VerifyMessage = C_VerifyMessage 7;
            VerifyMessageBegin = C_VerifyMessageBegin 3;
            VerifyMessageNext = C_VerifyMessageNext 7;
            MessageVerifyFinal = C_MessageVerifyFinal 1;
            EncapsulateKey = C_EncapsulateKey 8;
            DecapsulateKey = C_DecapsulateKey 8;
            VerifySignatureInit = C_VerifySignatureInit 5;
            VerifySignature = C_VerifySignature 3;
            VerifySignatureUpdate = C_VerifySignatureUpdate 3;
            VerifySignatureFinal = C_VerifySignatureFinal 1;
            GetSessionValidationFlags = C_GetSessionValidationFlags 3;
            AsyncComplete = C_AsyncComplete 3;
            AsyncGetId = C_AsyncGetID 3;
            AsyncJoin = C_AsyncJoin 5;
            WrapKeyAuthenticated = C_WrapKeyAuthenticated 8;
            UnwrapKeyAuthenticated = C_UnwrapKeyAuthenticated 10;
        }
    };
}
pub(crate) use for_each_function;

macro_rules! define {
    ($($variant:ident = $name:ident $count:literal;)*) => {
        /// A function of PKCS#11; its number is its place in the function lists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names are those of PKCS#11")]
        pub enum Function {
            $($variant,)*
        }

        /// Every function, in the order of the lists.
        pub(crate) const FUNCTIONS: &[Function] = &[$(Function::$variant,)*];

        impl Function {
            /// Returns its C name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)*
                }
            }

            /// Returns how many arguments it has.
            pub(crate) const fn arguments(self) -> usize {
                match self {
                    $(Self::$variant => $count,)*
                }
            }
        }
    };
}

for_each_function!(define);

impl Function {
    /// Returns its place in the function lists.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Returns the argument that holds the buffer for its result; the next argument points to the buffer's length.
    pub(crate) const fn output(self) -> Option<usize> {
        match self {
            Self::DecryptFinal
            | Self::DigestFinal
            | Self::EncryptFinal
            | Self::GetOperationState
            | Self::SignFinal => Some(1),
            Self::Decrypt
            | Self::DecryptDigestUpdate
            | Self::DecryptUpdate
            | Self::DecryptVerifyUpdate
            | Self::Digest
            | Self::DigestEncryptUpdate
            | Self::Encrypt
            | Self::EncryptUpdate
            | Self::Sign
            | Self::SignEncryptUpdate
            | Self::SignRecover
            | Self::VerifyRecover => Some(3),
            Self::WrapKey => Some(4),
            Self::DecryptMessageNext
            | Self::EncapsulateKey
            | Self::EncryptMessageNext
            | Self::SignMessage
            | Self::SignMessageNext => Some(5),
            Self::WrapKeyAuthenticated => Some(6),
            Self::DecryptMessage | Self::EncryptMessage => Some(7),
            _ => None,
        }
    }

    /// Returns the arguments that hold a template, each followed by its count, beside those that point to the handle of
    /// the object which is made by it.
    pub(crate) const fn makes(self) -> &'static [(usize, usize)] {
        match self {
            Self::CopyObject => &[(2, 4)],
            Self::CreateObject => &[(1, 3)],
            Self::DeriveKey => &[(3, 5)],
            Self::GenerateKey => &[(2, 4)],
            Self::GenerateKeyPair => &[(2, 6), (4, 7)],
            Self::DecapsulateKey | Self::EncapsulateKey => &[(3, 7)],
            Self::UnwrapKey => &[(5, 7)],
            Self::UnwrapKeyAuthenticated => &[(5, 9)],
            _ => &[],
        }
    }
}
