// Advice for companies, without a server and without Python: runs an exported rulebook in this process.
//
//   dottedline export --to jdm -o rulebook.jdm.json
//   node advise.mjs rulebook.jdm.json company.json ...
//
// A company's facts are JSON, as in a profile; what is null or missing is unknown.

import {realpathSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {ZenEngine} from '@gorules/zen-engine';

/** A function that gives the advice for one company's facts. */
export async function adviser(path) {
  const model = JSON.parse(await readFile(path, 'utf8'));
  const reasons = model.metadata.rules;
  const decision = new ZenEngine().createDecision(model);
  return async (facts) => {
    const {result} = await decision.evaluate(nested(facts));
    if (result.impossible.length) {
      throw new Error(`a value that cannot be: ${result.impossible.map(({fact}) => fact).join(', ')}`);
    }
    if (result.contradictions.length) {
      const broken = new Set(result.contradictions.map(({constraint}) => constraint));
      throw new Error(`the facts contradict each other: ${[...broken].join(', ')}`);
    }
    return {...result, because: (id) => reasons[id].because};
  };
}

/** Families of facts as objects: `{"current.bdr": "sales"}` becomes `{current: {bdr: "sales"}}`. */
function nested(facts) {
  const told = {};
  for (const [id, value] of Object.entries(facts)) {
    const [family, member] = id.split('.');
    if (member === undefined) {
      told[id] = typeof value === 'object' && !Array.isArray(value) ? {...told[id], ...value} : value;
    } else {
      told[family] = {...told[family], [member]: value};
    }
  }
  return told;
}

/** A decision in one line: never without its status, how firmly the source says so, and what else it allows. */
function line(id, {status, outcome, options, modality, rules}, because) {
  const allowed = options.map((option) => option.outcome);
  const others = outcome === null ? [] : allowed.filter((one) => one !== outcome);
  const said = [status, outcome ?? allowed.join(' or '), modality && `(${modality})`].filter(Boolean).join(' ');
  const also = others.length ? `; also allowed: ${others.join(', ')}` : '';
  return `${id}: ${said}${also}${rules.length ? `. ${because(rules[0])}` : ''}`;
}

async function main([path, ...companies]) {
  const advise = await adviser(path);
  for (const company of companies) {
    console.log(company);
    try {
      const {decisions, findings, because} = await advise(JSON.parse(await readFile(company, 'utf8')));
      for (const id of Object.keys(decisions).sort()) {
        console.log(`  ${line(id, decisions[id], because)}`);
      }
      const shown = Object.keys(findings).filter((id) => findings[id].state).sort();
      console.log(`  to look at: ${shown.map((id) => `${id} (${findings[id].state})`).join(', ') || 'nothing'}`);
    } catch (error) {
      console.log(`  no advice: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2));
}
