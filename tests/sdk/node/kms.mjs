// The key service through the official core for Node, which signs, sends and judges for every service's client.
//
// What stands here is what those generated clients are: each operation's method, path and members as options of the core.

import core from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";

/** Reads a variable, or says who should have set it. */
export function variable(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: take the environment from \`cargo xtask up\``);
  }
  return value;
}

/** A client of the key service. */
export class Kms {
  constructor(core) {
    this.core = core;
  }

  static build(credential = administrator(), place = (builder) => builder.withEndpoint(variable("DEW_ENDPOINT"))) {
    return place(new ClientBuilder((client) => new Kms(client)).withCredential(credential)).build();
  }

  /** Sends an operation that has its members in the body. */
  post(operation, data) {
    return this.send("POST", `/v1.0/{project_id}/kms/${operation}`, { data });
  }

  /** Sends any request of a project. */
  send(method, url, { data, pathParams = {}, queryParams = {} } = {}) {
    return this.core.sendRequest({
      method,
      url,
      contentType: "application/json;charset=UTF-8",
      queryParams,
      pathParams,
      headers: { "Content-Type": "application/json;charset=UTF-8" },
      data: data ?? {},
      responseHeaders: [""],
    });
  }
}

/** The administrator's access key. */
export function administrator() {
  return new core.BasicCredentials()
    .withAk(variable("HUAWEICLOUD_SDK_AK"))
    .withSk(variable("HUAWEICLOUD_SDK_SK"))
    .withProjectId(variable("HUAWEICLOUD_SDK_PROJECT_ID"));
}
