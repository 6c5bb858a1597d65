//! Key pairs whose halves are known, for cases that import keys or need one quickly.
//!
//! They are in the open: nothing is ever protected with them.

/// An RSA key pair of 2,048 bits with the public exponent 65,537; big-endian numbers in hexadecimal.
pub(crate) struct Rsa {
    pub(crate) modulus: &'static str,
    pub(crate) public_exponent: &'static str,
    pub(crate) private_exponent: &'static str,
    pub(crate) prime_1: &'static str,
    pub(crate) prime_2: &'static str,
    pub(crate) exponent_1: &'static str,
    pub(crate) exponent_2: &'static str,
    pub(crate) coefficient: &'static str,
}

/// Made by `openssl genrsa` for this suite.
pub(crate) const RSA_2048: Rsa = Rsa {
    modulus: "99b693d8f2ee3766033ffa078df043c6977edd62751c49d8535912de915132aa72b287ed8fe04e6bf7428763c40977bb22e01954ed544bf07b416dadd77d03f94c6fd89b19861d92f02352b8139c2ea0c6106b24963240d3a781d313a61b5002d58ba4c45834187dc78e3583c2c8675fef51e2fd24d65af034338a9cb77df16f7f4f0beaeaf7e7e451d76da61f3c1646134631e71cd89be017eed0bf556fc91d2f5e542b3ce239a890a941157a209c8d0f48799652d35b70f04e97bc1f96c2dbe600ee2b6e19e2aa863442e24b6fc26650797734f1721504fbdf48ace5294c2834e12cd7a3412e5555753c9776a87590062b32984e1517b0f17d6c58e6b37e01",
    public_exponent: "010001",
    private_exponent: "01ca41666fad799899a856b331e7c16ef83fee6da979e4e6c23c0ef1bd0268f083a183b42453d5d9f6467b30e75d29b1ff55ef2eeb8ccacdc56e5aebd6644d709614d5dd0d88552dc097eab6fbd1d0185d777410a2f7f96f0ae6a299da44fbbd82b58ba64be029c504e19ee02bfb7d3a5de7e7ae056e2d1f851370c017e21d615cef393002d8a970d99a8ee979660ef4a166b2a2d3c1169db1905649ac8d89a5dd6249567e5f70eb98eea6536ad553fa2513d9b5199573033180618dbfca9b9ac5aa252a65fa3ace8e14cef9a9f702a22ad4738e29d303ea739bd86b2b8ecc9ac762566360c002f5e7642737e5ec2ed84f53dc398b2dc778e50e6f563f091689",
    prime_1: "d4e60010706adb6c277b53bd2cbc1b95852d3adae4a012cdc4ce49d690c8d4e12935ffb0d0c9bdb3a0e88b97f387a1a73eb8ee9db83a513a440bd706a598c6c0ae0e6fbde1637aa3145c7e7744d5aa28971c95661df1ce9948cf14dfe251f41361103a918cab67a1372f7cd825bfdab9823b32528afcb7fb3d406215fdf39bd9",
    prime_2: "b8d527000c8e9a0051cd98822926427dc93b6752c075cb524d86bdf1803236dcfd6d7aaa2d81314c2eccc481913fb8f422c5081674fc525a2adf849c25dcb35f8363d3b59ab39981bb26ba27a7366d19aa0155d3aca12a04b7247c86f4f58fd1db96fe78f880efe43b52d5f750194714e7152c82d78bb5b3c4085baaceebe269",
    exponent_1: "31087fff4944f32067bf79bbda2fc0d2a10797c48e5f67b5489c9258fea3a293f11fe4b1de84785284beca57c6d8f81c42cfe8f51e57201a214df0ca311d8cb917dd6f52f634292ca225e362a8d1e50cd030df1fd3c9bb6186695b4f6d1a9ef24faaa3329e8963a6b7c51225de1bdfce55f63852d67bfa0bbd41b4d587d5b191",
    exponent_2: "9b6cf29cc1f27061f06818e4eb41770c5b598eab31985c5f5b3e011fc193783b21091ceb59d497e5de3ce6c9a5a0962105d3f5d71c8cc99b750dfc6f6a0f4aeef887cb919d03860467a24b4be8fa8587dd43be2e7fae0ead646c5423107e26706c5d6ea3bf247d95c8a501b43430ed6b105ee7cd27001ecd89fd15486f344071",
    coefficient: "45de1fb2e4cd80bf731c85c5b5a2d39af0d226b6838f65805210997d0ea9adaa96ef457072f637699aa50b150ac918ecc6c225da629596961879179e6f18dd5b642b09dc99f44e70367b7992d03d14600c299b2208fd84ecbd1066a912e561d5611121b3d4fdb6a066eadfaf8012e466926ea453581375858e32df009aab9a29",
};

/// The DER of the object identifier of P-256, `CKA_EC_PARAMS`.
pub(crate) const P256: &str = "06082a8648ce3d030107";
/// The DER of the object identifier of P-384.
pub(crate) const P384: &str = "06052b81040022";
/// The DER of the object identifier of P-521.
pub(crate) const P521: &str = "06052b81040023";

/// A key pair on P-256: RFC 6979, appendix A.2.5.
pub(crate) const P256_PRIVATE: &str =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
/// Its public point, uncompressed.
pub(crate) const P256_PUBLIC: &str = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
