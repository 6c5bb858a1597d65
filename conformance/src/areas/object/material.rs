//! Known values for objects that are imported: what no other part of the suite needs.
//!
//! They are in the open: nothing is ever protected with them.

/// The DER of the object identifier of Ed25519 (RFC 8410), `CKA_EC_PARAMS`.
pub(crate) const ED25519: &str = "06032b6570";
/// The DER of the name `edwards25519`, the other way to say so.
pub(crate) const ED25519_NAME: &str = "130c656477617264733235353139";
/// A key pair on edwards25519: RFC 8032, section 7.1, test 1.
pub(crate) const ED25519_PRIVATE: &str =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
/// Its public key.
pub(crate) const ED25519_PUBLIC: &str =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// The DER of the object identifier of X25519 (RFC 8410).
pub(crate) const X25519: &str = "06032b656e";
/// The DER of the name `curve25519`, the other way to say so.
pub(crate) const X25519_NAME: &str = "130a63757276653235353139";
/// A key pair on curve25519, made by `openssl genpkey`.
pub(crate) const X25519_PRIVATE: &str =
    "9850f7e97a03f0387911815f73504db1275739712d1e2aa55adbeb412b884f7b";
/// Its public key.
pub(crate) const X25519_PUBLIC: &str =
    "27b66ace358064ac42a981f84e94c36fd6c5eafc6cb9515bbfb0e89e8d92f47c";

/// The prime of DSA domain parameters of 2,048 bits, made by `openssl dsaparam`.
pub(crate) const DSA_PRIME: &str = "8f89a0dd57a6210785e07f61b7753f2d7ca633c8c5541d36d9cc87748d28b8f3eca4cc4bc86687ffcb58305865bafb5cfbf3d32783a49fba0751fb49ceb5c378f46d0d9cdf66c88ad330591ca64efe4c7f3caff68a8f11c52e7c35be0f9df52c1911d70093c86a7045948e7c0fa5361a1a122ca008328c9c5f0d6a1c7e70a86022d8d67dd0b0279355af4e148dc5b901a9bdb1cadb1030f7ed0842f4831ac8ba15d3bee9be5301bc905fb7e5b7fdbb8183fa9bb112d59acbe57c673ed01de4c0cdfde04b3ab324d1951ad807eae001905ce2e39fc476ac1690165713b07f49e196c44902bff2089ec08fcbda2d9ee2c572cb55cd8c6259cffd979bbad58a72f1";
/// The subprime.
pub(crate) const DSA_SUBPRIME: &str = "e2b2470bde6ef882df3322e4b6e51247f4f43345262573fce806f765";
/// The base.
pub(crate) const DSA_BASE: &str = "2f7f84734f19969cc6c6c2a8e78eabefdd8d87b177399d95f28bd68e4628a6e2df5b4818a6279bc1907ac448b60d136a6dcfc67cd75b472ec5043e0d8ebd9a6c5c114d8169d828f7b5a2791e8bd2e1541ebc0faa7befd1dac2d1a820c053cb2bc1252adaddca68988574e776283f933553c151c2142e649b4f45f8de8b06262a720e24f3bbb8bcaea2759608b7a2e3ffdc4b88b2d1c0e2e39b12070204235f83c743ff7fc3426b7bc21f419d73f9997442c9385a4180491e5968395d7018a2b92f461b47e299f425bdd443d70a5c5ab2151f61d37bf6d90b5d36615bff82126907405cb4700df0bdb00b35c6bd541c9d9025ecc49f4245e75e8346f32f66fc2d";
/// A private key with these parameters, made by `openssl gendsa`.
pub(crate) const DSA_PRIVATE: &str = "0d626c3fd858e9df23de2c01fad50bf4835366f26d4e012633551fc8";
/// Its public key.
pub(crate) const DSA_PUBLIC: &str = "57cd46f33edb89dcb89b26c88823babf449127e10b224571f565973925c46dcc7d032374cca2c6cedb0c101986a5f7c21e2d56e555037a026e72cf554877e0eb29c8ecd6390eb58632e4cc4079ba038dc76beec2e4b0ab5b4111b39b963c3c4b2959ccf205eacda88d61f93e559814b72f1bc4da760862fe2b8f567cadc48a3954adc70378f0943d22f6dd4085a398b7dccd00bb3559c3c2c2daa0902e6cc5f0ddd133dca19945987dbe88daf167890d00da9da4700a14d3afa9fd33b2a6db803171d754311a516ee37c52ec03d540fc2f8ed4c2e2d7928a8f7e51d7bcc82efe3e73b78e4453169cfa9df0d39c26ea79406c267206cef24c8c35c6fb2babe32f";

/// The prime of the group of 2,048 bits of RFC 3526.
pub(crate) const DH_PRIME: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";
/// Its base.
pub(crate) const DH_BASE: &str = "02";
/// A private key in this group, made by `openssl genpkey`.
pub(crate) const DH_PRIVATE: &str = "0191853aa373dd30e2e261b53a9c0385a443535cce65fd812a6368a269";
/// Its public key.
pub(crate) const DH_PUBLIC: &str = "1c1d199ba7dcee605a1585f80ae8c648f4f53cfdeac7969baf834e6fc8bf87baa05dbacafa338fa5cdb557a813cd7295985ecd919b2ddbdb79d03685b26e86d76a3a57bdb55508099789fe7e4c076e905c193f0f484f560c84f59dd9836958b9c2091833403791747ecef2b86f374c9bdc13ea7fb83c448a8c3800d91e20e6165b6b8872df6b7582b0239e88f5c7a59ec7b7ab004fb4713dd194654bb2eecbe3ab3a0a335542d51dc0e1d688b77cf9fb1ecf2422919e0b096c936212b09b5980625fac9eb4b74a473daa64aaf534c638f619ee40dc29462374e2f92ea9046435cf1cd4391a16e4681168ac3fcd74fa8472be3e88735d40737217a67001858c9f";

/// A self-signed certificate of a key on P-256, made by `openssl req -x509`.
pub(crate) const CERTIFICATE: &str = "3082017a3082011fa00302010202021234300a06082a8648ce3d040302301a3118301606035504030c0f6465772d636f6e666f726d616e63653020170d3236313132363033343733365a180f32313236313130323033343733365a301a3118301606035504030c0f6465772d636f6e666f726d616e63653059301306072a8648ce3d020106082a8648ce3d0301070342000466a9d3d8b60f473b9dff6a06f449ecf4b62c8131e158bf6fd647ec8ef8efed6a33e621ae4a7b5277a9af672dcbabc844bf2b38b0510334bf249e57b657161d64a3533051301d0603551d0e041604146d05517199c3ebd4f3813ed1dde8209ddf7aca41301f0603551d230418301680146d05517199c3ebd4f3813ed1dde8209ddf7aca41300f0603551d130101ff040530030101ff300a06082a8648ce3d04030203490030460221008945ceb08750d24c09e4b464b0a6b28afca9ef82faf1a6a9555834b074446f78022100f04660479ce81d265e3b161cb791baa449c50ce2a1e4f89c66586a706a70b056";
/// The DER of its subject, which is its issuer too.
pub(crate) const CERTIFICATE_NAME: &str =
    "301a3118301606035504030c0f6465772d636f6e666f726d616e6365";
/// The DER of its serial number.
pub(crate) const CERTIFICATE_SERIAL: &str = "02021234";
/// The DER of its `SubjectPublicKeyInfo`.
pub(crate) const CERTIFICATE_KEY: &str = "3059301306072a8648ce3d020106082a8648ce3d0301070342000466a9d3d8b60f473b9dff6a06f449ecf4b62c8131e158bf6fd647ec8ef8efed6a33e621ae4a7b5277a9af672dcbabc844bf2b38b0510334bf249e57b657161d64";
/// Its SHA-1 hash, by `sha1sum`.
pub(crate) const CERTIFICATE_SHA1: &str = "17981cc551c19eec5b83ef7133d0517d144775df";
