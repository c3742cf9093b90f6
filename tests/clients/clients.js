// Clients from npm, each made to call Parley the way its users can: `node clients.js NAME URL KEY` prints what they got.

import crypto from "node:crypto";
import dns from "node:dns";
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [, , name, url, key] = process.argv;

const message = () => JSON.parse(fs.readFileSync(0, "utf8"));

async function verify(Webhook) {
  const { body, headers } = message();
  const webhook = new Webhook(key);
  webhook.verify(body, headers);
  return { type: JSON.parse(body).type, altered: await failure(async () => webhook.verify(`${body} `, headers)) };
}

async function failure(asked) {
  try {
    await asked();
    return null;
  } catch (error) {
    return error.message;
  }
}

const CLIENTS = {
  /** Its address is fixed, so the requests of the axios that it uses are led elsewhere. */
  async perspective() {
    const axios = require("axios");
    axios.interceptors.request.use((request) => {
      request.url = request.url.replace("https://commentanalyzer.googleapis.com", url);
      return request;
    });
    const Perspective = require("perspective-api-client");
    const client = new Perspective({ apiKey: key });
    const rude = await client.analyze("You stupid idiot.", { attributes: ["TOXICITY", "INSULT"] });
    return {
      attributes: Object.keys(rude.attributeScores).sort(),
      insult: rude.attributeScores.INSULT.summaryScore.value,
      unknown: await failure(() => client.analyze("Hello.", { attributes: ["MADE_UP"] })),
    };
  },

  /** What npm's googleapis makes of a discovery document, as OSMod uses it. */
  async googleapis() {
    const { Discovery } = require("googleapis-common");
    const api = await new Discovery({}).discoverAPI(`${url}/$discovery/rest?version=v1alpha1`);
    const client = api({ version: "v1alpha1" });
    const asked = (text) => ({ key, requestBody: { comment: { text }, requestedAttributes: { INSULT: {} } } });
    const rude = await client.comments.analyze(asked("You stupid idiot."));
    const suggested = await client.comments.suggestscore({
      key,
      requestBody: {
        comment: { text: "You turnip." },
        attributeScores: { INSULT: { summaryScore: { value: 1 } } },
        clientToken: "t-1",
      },
    });
    return {
      insult: rude.data.attributeScores.INSULT.summaryScore.value,
      token: suggested.data.clientToken,
      empty: await failure(() => client.comments.analyze(asked(""))),
    };
  },

  /** Sends its key as the first label of the host's name, and nowhere else. */
  async "akismet-api"() {
    const lookup = dns.lookup;
    dns.lookup = (host, options, done) => lookup(host.endsWith("akismet.test") ? "127.0.0.1" : host, options, done);
    const { AkismetClient } = require("akismet-api");
    const options = { blog: "https://blog.example", host: `akismet.test:${new URL(url).port}`, protocol: "http" };
    const client = new AkismetClient({ ...options, key });
    const comment = (content, author) => ({ ip: "192.0.2.1", useragent: "x", content, name: author });
    return {
      valid: await client.verifyKey(),
      stranger: await new AkismetClient({ ...options, key: "parley-none" }).verifyKey(),
      spam: await client.checkSpam(comment("Hello.", "viagra-test-123")),
      ham: await client.checkSpam(comment("A fair point, thank you.", "Ada")),
      submitted: [
        await failure(() => client.submitSpam(comment("Cheap pills.", "Ada"))),
        await failure(() => client.submitHam(comment("A fair point.", "Ada"))),
      ],
    };
  },

  async "@cedx/akismet"() {
    const { Author, Blog, CheckResult, Client, Comment } = await import("@cedx/akismet");
    const blog = new Blog({ url: "https://blog.example" });
    const client = new Client(key, blog, { baseUrl: url });
    const comment = (content, name) => new Comment({ author: new Author({ ipAddress: "192.0.2.1", name }), content });
    return {
      valid: await client.verifyKey(),
      stranger: await new Client("none", blog, { baseUrl: url }).verifyKey(),
      spam: (await client.checkComment(comment("Hello.", "viagra-test-123"))) !== CheckResult.ham,
      ham: (await client.checkComment(comment("A fair point, thank you.", "Ada"))) !== CheckResult.ham,
      submitted: [
        await failure(() => client.submitSpam(comment("Cheap pills.", "Ada"))),
        await failure(() => client.submitHam(comment("A fair point.", "Ada"))),
      ],
    };
  },

  async openai() {
    const { OpenAI } = await import("openai");
    const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
    const { results } = await client.moderations.create({ input: ["You stupid idiot!", "What a lovely day."] });
    const image = [{ type: "image_url", image_url: { url: "https://x.example/a.png" } }];
    return {
      flagged: results.map((result) => result.flagged),
      categories: Object.keys(results[0].categories).length,
      image: await failure(() => client.moderations.create({ input: image })),
    };
  },

  /** What was posted to an endpoint stands on standard input, with its headers; `key` is the endpoint's secret. */
  standardwebhooks: () => verify(require("standardwebhooks").Webhook),
  svix: () => verify(require("svix").Webhook),

  /** No library from npm knows ed25519 here, but Node does. */
  async "node:crypto"() {
    const { body, headers } = message();
    const [version, signature] = headers["webhook-signature"].split(",");
    const raw = Buffer.from(key.replace("whpk_", ""), "base64");
    const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
    const signed = (text) => Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
    const good = (text) => crypto.verify(null, signed(text), crypto.createPublicKey({ key: jwk, format: "jwk" }), Buffer.from(signature, "base64"));
    return { version, type: good(body) && JSON.parse(body).type, altered: good(`${body} `) ? null : "refused" };
  },
};

console.log(JSON.stringify(await CLIENTS[name]()));
