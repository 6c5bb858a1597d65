"""python-pkcs11: keys made in the token sign, verify, seal and open."""

import os
from importlib.metadata import version

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

print("python-pkcs11", version("python-pkcs11"))
MESSAGE = b"signed by Python"
token = pkcs11.lib(os.environ["MODULE"]).get_token(token_label=os.environ["TOKEN"])
with token.open(rw=True, user_pin=os.environ["PIN"]) as session:
    public, private = session.generate_keypair(KeyType.RSA, 2048)
    for mechanism in (Mechanism.SHA256_RSA_PKCS, Mechanism.SHA512_RSA_PKCS):
        signature = private.sign(MESSAGE, mechanism=mechanism)
        assert public.verify(MESSAGE, signature, mechanism=mechanism)
        assert not public.verify(MESSAGE + b"!", signature, mechanism=mechanism)
    assert private.decrypt(public.encrypt(MESSAGE)) == MESSAGE

    curve = encode_named_curve_parameters("secp256r1")
    parameters = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
    public, private = parameters.generate_keypair()
    signature = private.sign(MESSAGE, mechanism=Mechanism.ECDSA_SHA256)
    assert public.verify(MESSAGE, signature, mechanism=Mechanism.ECDSA_SHA256)

    key = session.generate_key(KeyType.AES, 256)
    iv = session.generate_random(128)
    assert key.decrypt(key.encrypt(MESSAGE, mechanism_param=iv), mechanism_param=iv) == MESSAGE
print("all is well")
