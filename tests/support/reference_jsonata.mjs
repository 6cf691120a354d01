// Evaluate JSONata by its reference implementation. Reads lines {"expression", "variables"} from standard input and
// writes a line for each: {"value"}, or {"error"} where Step Functions would raise States.QueryEvaluationError.
import { createInterface } from "node:readline";
import jsonata from "jsonata";

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, variables } = JSON.parse(line);
  let answer;
  try {
    const value = await jsonata(expression).evaluate(undefined, variables);
    answer = value === undefined ? { error: "returned nothing" } : { value };
  } catch (fault) {
    answer = { error: String(fault.message ?? fault) };
  }
  console.log(JSON.stringify(answer));
}
