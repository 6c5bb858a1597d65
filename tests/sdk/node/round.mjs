// A round with the official SDK for Node: keys, data, signatures, tags, users, and refusals.

import { randomBytes, createHash, createVerify } from "node:crypto";

import core from "@huaweicloud/huaweicloud-sdk-core";
import iam from "@huaweicloud/huaweicloud-sdk-iam/v3/public-api.js";

import { claim, equal, holds, refused, run } from "./claims.mjs";
import { Kms, administrator, variable } from "./kms.mjs";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const run_id = randomBytes(4).toString("hex");
let number = 0;
const name = (prefix = "node") => `${prefix}-${run_id}-${(number += 1)}`;

const kms = Kms.build();

async function key(members = {}) {
  const made = await kms.post("create-key", { key_alias: name(), ...members });
  return made.key_info.key_id;
}

claim("a key is made, described and listed", async () => {
  const key_id = await key({ key_description: "from Node: schlüssel 密钥" });
  const { key_info } = await kms.post("describe-key", { key_id });
  equal(key_info.key_state, "2", "key_state");
  equal(key_info.key_description, "from Node: schlüssel 密钥", "key_description");
  const { keys, total } = await kms.post("list-keys", { limit: "1000" });
  holds(keys.includes(key_id), "the key is listed");
  equal(typeof total, "number", "type of total");
});

claim("data is encrypted and decrypted", async () => {
  const key_id = await key();
  const { cipher_text } = await kms.post("encrypt-data", { key_id, plain_text: "text 文本" });
  const opened = await kms.post("decrypt-data", { cipher_text });
  equal(opened.plain_text, "text 文本", "plain_text");
});

claim("a data key is made and opened", async () => {
  const key_id = await key();
  const made = await kms.post("create-datakey", { key_id, datakey_length: "512" });
  const opened = await kms.post("decrypt-datakey", {
    key_id,
    cipher_text: made.cipher_text,
    datakey_cipher_length: "64",
  });
  equal(opened.data_key, made.plain_text, "data_key");
  const digest = createHash("sha256").update(Buffer.from(made.plain_text, "hex")).digest("hex");
  equal(opened.datakey_dgst.toLowerCase(), digest, "datakey_dgst");
});

claim("a signature is one for Node's own verifier", async () => {
  const key_id = await key({ key_spec: "EC_P256", key_usage: "SIGN_VERIFY" });
  const message = Buffer.from("message").toString("base64");
  const what = { key_id, message, message_type: "RAW", signing_algorithm: "ECDSA_SHA_256" };
  const { signature } = await kms.post("sign", what);
  const { public_key } = await kms.post("get-publickey", { key_id });
  const verifier = createVerify("sha256").update("message");
  holds(verifier.verify(public_key, Buffer.from(signature, "base64")), "Node verifies the signature");
  equal((await kms.post("verify", { ...what, signature })).signature_valid, "true", "signature_valid");
});

claim("a code is made and verified", async () => {
  const key_id = await key({ key_spec: "HMAC_256", key_usage: "GENERATE_VERIFY_MAC" });
  const what = { key_id, mac_algorithm: "HMAC_SHA_256", message: Buffer.from("m").toString("base64") };
  const { mac } = await kms.post("generate-mac", what);
  equal((await kms.post("verify-mac", { ...what, mac })).mac_valid, true, "mac_valid");
});

claim("queries, paths and deletions are signed as the server reads them", async () => {
  const key_id = await key();
  const alias = name("alias/node");
  await kms.post("aliases", { key_id, alias });
  const listed = await kms.send("GET", "/v1.0/{project_id}/kms/aliases", {
    queryParams: { key_id, limit: "50" },
  });
  equal(listed.aliases.map((entity) => entity.alias), [alias], "aliases");
  await kms.send("POST", `/v1.0/{project_id}/kms/${key_id}/tags`, { data: { tag: { key: "colour", value: "blue" } } });
  const tags = await kms.send("GET", "/v1.0/{project_id}/kms/{key_id}/tags", { pathParams: { key_id } });
  equal(tags.existTagsNum, 1, "existTagsNum");
  const removed = await kms.send("DELETE", "/v1.0/{project_id}/kms/{key_id}/tags/{key}", {
    pathParams: { key_id, key: "colour" },
  });
  equal(removed.httpStatusCode, 204, "status");
  const gone = await kms.send("DELETE", "/v1.0/{project_id}/kms/aliases", { data: { key_id, aliases: [alias] } });
  equal(gone.httpStatusCode, 204, "status");
});

claim("the project is found by the region's name", async () => {
  const credential = new core.BasicCredentials()
    .withAk(variable("HUAWEICLOUD_SDK_AK"))
    .withSk(variable("HUAWEICLOUD_SDK_SK"))
    .withIamEndpoint(variable("DEW_ENDPOINT"));
  const region = { id: process.env.DEW_REGION ?? "cn-north-4", endpoints: [variable("DEW_ENDPOINT")] };
  const client = Kms.build(credential, (builder) => builder.withRegion(region));
  equal((await client.post("list-keys", {})).httpStatusCode, 200, "status");
});

claim("refusals are exceptions of the SDK", async () => {
  await refused(404, kms.post("describe-key", { key_id: UNKNOWN }));
  await refused(400, kms.post("describe-key", { key_id: "malformed" }));
  await refused(404, kms.post("make-tea", {}));
  const wrong = Kms.build(administrator().withSk("wrong"));
  const error = await refused(401, wrong.post("list-keys", {}));
  equal(error.errorCode, "APIGW.0301", "errorCode of a flat refusal");
});

claim("a user is made with the official client, granted a key, and uses it", async () => {
  const domain = variable("HUAWEICLOUD_SDK_DOMAIN_ID");
  const credential = new core.GlobalCredentials()
    .withAk(variable("HUAWEICLOUD_SDK_AK"))
    .withSk(variable("HUAWEICLOUD_SDK_SK"))
    .withDomainId(domain);
  const identities = iam.IamClient.newBuilder()
    .withCredential(credential)
    .withEndpoint(variable("DEW_ENDPOINT"))
    .build();
  const option = { name: name("user"), domain_id: domain, password: `Pw-${randomBytes(12).toString("hex")}` };
  const { user } = await identities.createUser({ body: { user: option } });
  const made = await identities.createPermanentAccessKey({ body: { credential: { user_id: user.id } } });
  const theirs = Kms.build(administrator().withAk(made.credential.access).withSk(made.credential.secret));
  const key_id = await key();
  await refused(403, theirs.post("encrypt-data", { key_id, plain_text: "text" }));
  await kms.post("create-grant", { key_id, grantee_principal: user.id, operations: ["encrypt-data"] });
  equal((await theirs.post("encrypt-data", { key_id, plain_text: "text" })).key_id, key_id, "key_id");
});

await run();
