// Talking to the server. Every change goes to the addresses that the forms without a script use.

export class Refused extends Error {
  constructor(answer, status) {
    super(Object.values(answer.problems ?? {}).join(" "));
    this.answer = answer;
    this.status = status;
  }
}

export class SignedOut extends Error {}

// The page, or the right to use it, is not there any more.
export class Missing extends Error {}

// It is not known whether the server has done what it was asked for.
export class Lost extends Error {}

export class Server {
  constructor(addresses, token) {
    this.addresses = addresses;
    this.token = token;
    this.last = Promise.resolve();
  }

  at(name, key) {
    return this.addresses[name].replace("KEY", encodeURIComponent(key));
  }

  async data() {
    return (await this.get(this.addresses.data)).json();
  }

  // What has changed since; null where nothing has.
  async news(change, language) {
    const answer = await this.get(`${this.addresses.data}?since=${change}`, {
      "If-None-Match": `"${language}-${change}"`,
    });
    return answer.status === 304 ? null : answer.json();
  }

  async dry(key, fields, signal) {
    const answer = await this.get(`${this.at("place", key)}?${new URLSearchParams({ ...fields, dry: "1" })}`, {}, signal);
    return (await answer.json()).conflicts;
  }

  place(key, fields, check) {
    return this.post(this.at("place", key), fields, check);
  }

  add(fields) {
    return this.post(this.addresses.new, fields);
  }

  remove(key, fields) {
    return this.post(this.at("remove", key), fields);
  }

  restore(key, fields) {
    return this.post(this.at("restore", key), fields);
  }

  async get(address, headers = {}, signal = undefined) {
    const answer = await fetch(address, { headers: { Accept: "application/json", ...headers }, signal });
    throwUnlessIn(answer);
    if (!answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) {
      throw new Refused(await answer.json(), answer.status);
    }
    if (!answer.ok && answer.status !== 304) {
      throw new Error(`${answer.status}`);
    }
    return answer;
  }

  // One after the other: `fields` is asked for only when it is this change's turn, when the answers to those before it
  // are known. Where no answer came back, `check` finds out what became of it, before the next one's turn.
  post(address, fields, check = undefined) {
    const turn = this.last.then(async () => {
      const sent = fields();
      try {
        return await this.send(address, sent, true);
      } catch (error) {
        if (error instanceof Lost && check) {
          return check(error);
        }
        throw error;
      }
    });
    this.last = turn.catch(() => {});
    return turn;
  }

  async send(address, fields, again) {
    let answer;
    let said;
    try {
      answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ ...fields, csrf_token: this.token }),
      });
      throwUnlessIn(answer);
      said = await answer.json();
    } catch (error) {
      throw error instanceof SignedOut || error instanceof Missing ? error : new Lost(error.message);
    }
    if (answer.status >= 500) {
      throw new Lost(`${answer.status}`);
    }
    if (said.expired && again) {
      this.token = said.csrf_token;
      return this.send(address, fields, false);
    }
    if (!answer.ok) {
      throw new Refused(said, answer.status);
    }
    return said;
  }
}

function throwUnlessIn(answer) {
  if (answer.status === 401 || answer.redirected) {
    throw new SignedOut();
  }
  if (answer.status === 403 || answer.status === 404) {
    throw new Missing();
  }
}
