// What the ZEN engine gives for many profiles: node jdm_results.mjs MODEL.json PROFILES.json
import {readFileSync} from 'node:fs';
import {ZenEngine} from '@gorules/zen-engine';

const [model, profiles] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const decision = new ZenEngine().createDecision(model);
const told = [];
for (const profile of profiles) {
  told.push((await decision.evaluate(profile)).result);
}
console.log(JSON.stringify(told));
