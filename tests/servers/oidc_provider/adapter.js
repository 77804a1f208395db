// Where the server keeps what it issues. The adapter that it brings forgets the oldest of a thousand things; this one keeps
// them all until they expire, as a database would.

"use strict";

const copy = (value) => (value === undefined ? undefined : structuredClone(value));

// One adapter for each kind of thing, all over one store.
function adapters() {
  const store = new Map(); // "Kind:id" to { payload, until }

  return class Adapter {
    constructor(kind) {
      this.kind = kind;
    }

    get(key) {
      const kept = store.get(key);
      return kept && kept.until > Date.now() ? kept.payload : undefined;
    }

    search(test) {
      for (const key of store.keys()) {
        const payload = key.startsWith(`${this.kind}:`) ? this.get(key) : undefined;
        if (payload && test(payload)) return copy(payload);
      }
      return undefined;
    }

    async upsert(id, payload, expiresIn) {
      const until = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
      store.set(`${this.kind}:${id}`, { payload: copy(payload), until });
    }

    async find(id) {
      return copy(this.get(`${this.kind}:${id}`));
    }

    async findByUid(uid) {
      return this.search((payload) => payload.uid === uid);
    }

    async findByUserCode(code) {
      return this.search((payload) => payload.userCode === code);
    }

    async consume(id) {
      const payload = this.get(`${this.kind}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      store.delete(`${this.kind}:${id}`);
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of store) {
        if (key.startsWith(`${this.kind}:`) && payload.grantId === grantId) store.delete(key);
      }
    }
  };
}

module.exports = { adapters };
