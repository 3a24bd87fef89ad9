// Reads a DMN model with dmn-moddle, evaluates its decision tables with feelin, cell by cell, and says all that fits.
//
//   node dmn_tables.mjs JOBS.json   where JOBS is [{model: "file.dmn", profiles: [{...}, ...]}, ...]
//
// prints, for each job, {warnings, decisions, profiles: [{decision: [what each rule that fits gives, ...]}, ...]}.
import {readFileSync} from 'node:fs';
import {DmnModdle} from 'dmn-moddle';
import {evaluate, unaryTest} from 'feelin';

const known = new Map();

function once(text, input, work) {
  let of = known.get(text);
  if (of === undefined) known.set(text, of = new Map());
  const key = Array.isArray(input) ? JSON.stringify(input) : input ?? null;
  if (!of.has(key)) of.set(key, work());
  return of.get(key);
}

// The cells of a rule that ask for something, as [position, text].
function asked(rule) {
  return rule.inputEntry.map(({text}, n) => [n, text]).filter(([, text]) => text !== '-');
}

function expression(column) {
  return column.inputExpression.text;
}

function fits(text, input) {
  return once(text, input, () => unaryTest(text, {'?': input ?? null}).value === true);
}

const jobs = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const told = [];
for (const job of jobs) {
  const {rootElement, warnings} = await new DmnModdle().fromXML(readFileSync(job.model, 'utf8'), 'dmn:Definitions');
  const decisions = rootElement.drgElement.filter((element) => element.$type === 'dmn:Decision');
  const tables = decisions.filter(({decisionLogic}) => decisionLogic.$type === 'dmn:DecisionTable');
  const rules = new Map(tables.map((decision) => [
    decision, decision.decisionLogic.rule.map((rule) => ({rule, cells: asked(rule)})),
  ]));
  const expressions = [...new Set(tables.flatMap(({decisionLogic}) => decisionLogic.input.map(expression)))];
  const profiles = job.profiles.map((profile) => {
    const values = new Map(expressions.map((text) => [text, evaluate(text, profile).value]));
    return Object.fromEntries(decisions.map((decision) => results(decision, values)));
  });

  function results(decision, values) {
    const table = decision.decisionLogic;
    if (!rules.has(decision)) return [decision.name, [evaluate(table.text, {}).value]];
    const inputs = table.input.map((column) => values.get(expression(column)));
    const hits = rules.get(decision).filter(({cells}) => cells.every(([n, text]) => fits(text, inputs[n])));
    return [decision.name, hits.map(({rule}) => rule.outputEntry.map((entry, n) => [
      table.output[n].name ?? '', once(entry.text, 'output', () => evaluate(entry.text, {}).value),
    ])).map((parts) => (parts.length === 1 ? parts[0][1] : Object.fromEntries(parts)))];
  }

  told.push({
    warnings: warnings.map((warning) => warning.message),
    decisions: decisions.map((decision) => [decision.name, decision.decisionLogic.hitPolicy ?? 'UNIQUE']),
    shapes: rootElement.dmnDI.diagrams[0].diagramElements.length,
    profiles,
  });
}
console.log(JSON.stringify(told));
