// Why something was refused: a stable code, the same as in the Python library, and a detail for engineers.

export class Refusal extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

// Public files could not be fetched just now: the answer may differ in a minute.
export class Unavailable extends Refusal {}
