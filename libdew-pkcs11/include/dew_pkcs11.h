/*
 * What Dew's PKCS#11 module has beyond the standard.
 *
 * The file has numbers only and includes nothing, so it goes with any pkcs11.h, before or after it, in C and in C++.
 * Parameters are structures of the standard, which pkcs11.h has. All numbers are CKM_VENDOR_DEFINED or its like, with
 * "DEW" in them.
 */
#ifndef DEW_PKCS11_H
#define DEW_PKCS11_H

/* Key types (CK_KEY_TYPE). */

/* CKO_SECRET_KEY of 1 to 512 bytes, for HMAC over SM3 alone. */
#define CKK_DEW_SM3_HMAC 0xC4455710UL
/* CKO_SECRET_KEY of 16 bytes; CKA_VALUE_LEN may be left out. */
#define CKK_DEW_SM4 0xC4455720UL
/*
 * CKO_PUBLIC_KEY and CKO_PRIVATE_KEY with the attributes of a CKK_EC: CKA_EC_PARAMS is the OBJECT IDENTIFIER
 * 1.2.156.10197.1.301 or the name "sm2p256v1". C_WrapKey and C_UnwrapKey have the private key as the PKCS#8 of an EC key on
 * that curve.
 */
#define CKK_DEW_SM2 0xC4455730UL

/* Mechanisms (CK_MECHANISM_TYPE): the hash function SM3 (GB/T 32905). */

/* C_Digest; no parameter. */
#define CKM_DEW_SM3 0xC4455710UL
/* C_Sign and C_Verify with a CKK_DEW_SM3_HMAC or a CKK_GENERIC_SECRET; no parameter; 32 bytes. */
#define CKM_DEW_SM3_HMAC 0xC4455711UL
/* The same; CK_MAC_GENERAL_PARAMS, 1 to 32 bytes. */
#define CKM_DEW_SM3_HMAC_GENERAL 0xC4455712UL
/* C_GenerateKey of a CKK_DEW_SM3_HMAC, with CKA_VALUE_LEN; no parameter. */
#define CKM_DEW_SM3_KEY_GEN 0xC4455713UL

/* Mechanisms: the block cipher SM4 (GB/T 32907), with a CKK_DEW_SM4. */

/* C_GenerateKey; no parameter. */
#define CKM_DEW_SM4_KEY_GEN 0xC4455720UL
/* C_Encrypt and C_Decrypt of whole blocks; no parameter. */
#define CKM_DEW_SM4_ECB 0xC4455721UL
/* C_Encrypt and C_Decrypt of whole blocks; the initialisation vector of 16 bytes. */
#define CKM_DEW_SM4_CBC 0xC4455722UL
/* The same for any length, with the padding of PKCS#7. */
#define CKM_DEW_SM4_CBC_PAD 0xC4455723UL
/* C_Encrypt and C_Decrypt; CK_AES_CTR_PARAMS. */
#define CKM_DEW_SM4_CTR 0xC4455724UL
/* C_Encrypt and C_Decrypt as in RFC 8998; CK_GCM_PARAMS with an IV of 12 bytes and a tag of 128 bits. */
#define CKM_DEW_SM4_GCM 0xC4455725UL
/* C_Sign and C_Verify; no parameter; 16 bytes. */
#define CKM_DEW_SM4_CMAC 0xC4455726UL
/* The same; CK_MAC_GENERAL_PARAMS, 1 to 16 bytes. */
#define CKM_DEW_SM4_CMAC_GENERAL 0xC4455727UL

/* Mechanisms: the curve of SM2 (GB/T 32918), with a CKK_DEW_SM2. */

/* C_GenerateKeyPair; no parameter. */
#define CKM_DEW_SM2_KEY_PAIR_GEN 0xC4455730UL
/* C_Sign and C_Verify of a digest of 32 bytes; no parameter; r and s, 64 bytes. */
#define CKM_DEW_SM2 0xC4455731UL
/*
 * The same for a message, whose digest is that of SM3 over who signs, the key and the message. The parameter is who signs, 1 to
 * 8191 bytes as they are, or none for "1234567812345678", which the standards have for everybody.
 */
#define CKM_DEW_SM2_SM3 0xC4455732UL
/*
 * C_Encrypt and C_Decrypt; no parameter; 97 bytes longer than the message. The ciphertext is C1 || C3 || C2: an uncompressed
 * point, a digest, the masked message.
 */
#define CKM_DEW_SM2_ENCRYPT 0xC4455733UL

/* Mechanisms: one-time passwords as by CKM_HOTP, with a CKK_HOTP, over another hash function than SHA-1 (RFC 6238, 1.2). */

/* C_Sign and C_Verify; CK_OTP_PARAMS or no parameter; SHA-256. */
#define CKM_DEW_HOTP_SHA256 0xC4455740UL
/* The same; SHA-512. */
#define CKM_DEW_HOTP_SHA512 0xC4455741UL

#endif
