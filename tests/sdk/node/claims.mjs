// Claims, and the runner that tells which of them do not hold.

const claims = [];

/** Registers a claim; its name is what it claims. */
export function claim(name, body) {
  claims.push([name, body]);
}

/** Checks that two values are the same. */
export function equal(got, expected, what) {
  const [one, other] = [JSON.stringify(got), JSON.stringify(expected)];
  if (one !== other) {
    throw new Error(`${what} is ${one}, expected ${other}`);
  }
}

/** Checks a condition that `what` states. */
export function holds(condition, what) {
  if (!condition) {
    throw new Error(`not so: ${what}`);
  }
}

/** Checks that a call is refused with this HTTP status; returns the SDK's exception. */
export async function refused(status, promise) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    equal(error.httpStatusCode, status, `status (${error.message ?? error.errorMsg})`);
    holds(error.requestId, "the refusal carries X-Request-Id");
    return error;
  }
  throw new Error(`answered ${JSON.stringify(answer)}, expected ${status}`);
}

/** Runs all claims; the exit code tells whether every one held. */
export async function run() {
  let failed = 0;
  for (const [name, body] of claims) {
    try {
      await body();
      console.log(`ok: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${name}: ${error.stack ?? JSON.stringify(error)}`);
    }
  }
  console.log(`${claims.length - failed} held, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
