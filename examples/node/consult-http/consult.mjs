// Consults over HTTP: node consult.mjs http://127.0.0.1:8080 [facts.json]
// Needs Node 18 or newer, and nothing else. DOTTEDLINE_TOKEN holds the token, where the server wants one.
import { readFile } from "node:fs/promises";

const [address = "http://127.0.0.1:8080", file] = process.argv.slice(2);
const profile = file
  ? JSON.parse(await readFile(file, "utf8"))
  : { gtm_motion: "self_serve", freemium_product: true, current: { design: "product" } };

/** Asks the server; throws what it says is wrong. */
async function ask(path, question) {
  const headers = { "content-type": "application/json", "accept-language": process.env.LANGUAGE ?? "en" };
  if (process.env.DOTTEDLINE_TOKEN) headers.authorization = `Bearer ${process.env.DOTTEDLINE_TOKEN}`;
  const reply = await fetch(new URL(path, address), {
    method: "POST",
    headers,
    body: JSON.stringify(question),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await reply.json();
  if (reply.ok) return answer;
  const problems = answer.problems.map(
    ({ message, help, where }) => `${where?.pointer ?? ""} ${message}${help ? ` (${help})` : ""}`,
  );
  throw new Error([`${reply.status} ${answer.detail}`, ...problems].join("\n  "));
}

/** An outcome is not the whole answer: how firmly it is said, and what could change it, belong to it. */
function inWords({ title, status, outcome, label, options, modality, depends_on }) {
  if (status === "silent") return `${title}: the source does not say`;
  if (status === "not_applicable") return `${title}: there is no such function`;
  if (status === "undetermined") return `${title}: depends on ${depends_on.join(", ")}`;
  const others = options.filter((option) => option.outcome !== outcome).map((option) => option.label);
  const also = others.length ? `; also allowed: ${others.join(", ")}` : "";
  const far = status === "provisional" ? `; may change with ${depends_on.join(", ")}` : "";
  return status === "open" ? `${title}: open: ${others.join(" or ")}` : `${title}: ${label} [${modality}]${also}${far}`;
}

try {
  const answer = await ask("/v1/consult", { profile });
  const { id, version, sha256 } = answer.rulebook;
  console.log(`${id} ${version} (${sha256.slice(0, 12)})`);
  for (const decision of Object.values(answer.decisions)) console.log(inWords(decision));
  for (const finding of answer.findings) console.log(`! ${finding.text} [${finding.modality}]`);

  const { question } = await ask("/v1/next-question", { profile });
  if (question) console.log(`? ${question.question}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
