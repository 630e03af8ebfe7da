// What a client of either TypeScript SDK does with an endpoint. In: a
// connected client in the small common form below. Out: one line for each
// thing that went as it should; anything else ends the program.
import assert from 'node:assert/strict';

/** How long one thing may take, in milliseconds. */
const WAIT_MS = 20_000;

function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${WAIT_MS} ms`)), WAIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The servers on the SDKs, each with a tool that asks. */
const SDKS = ['ts1', 'ts2', 'py1', 'py2'];

let asked = 0;

/** The handler of what servers ask, for `elicitation/create`. */
export function answer() {
  asked += 1;
  return { action: 'accept', content: { username: 'Ada', email: 'ada@example.com', name: 'Ada' } };
}

/** Calls a tool that asks once, as soon as its server has come up. */
async function questioned(client, name, args) {
  const before = asked;
  const until = Date.now() + WAIT_MS;
  for (;;) {
    try {
      const result = await client.callTool({ name, arguments: args });
      assert(JSON.stringify(result.content).includes('Ada'), JSON.stringify(result));
      return assert.equal(asked - before, 1);
    } catch (error) {
      if (!/there is no tool|still starting/.test(error.message) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Does everything with `client`, whose `callTool` takes parameters and options. */
export async function check(client, expected) {
  const checks = {
    async list() {
      const names = (await client.listTools()).tools.map((tool) => tool.name);
      for (const name of ['ask', 'old__test_simple_text', 'new__test_simple_text']) assert(names.includes(name), name);
    },
    async call() {
      const result = await client.callTool({ name: 'old__test_simple_text', arguments: {} });
      assert.equal(result.content[0].type, 'text');
      const failed = await client.callTool({ name: 'new__test_error_handling', arguments: {} });
      assert.equal(failed.isError, true);
    },
    async structured() {
      const found = await client.callTool({ name: 'find_tools', arguments: { query: 'image' } });
      assert(Array.isArray(found.structuredContent.tools));
    },
    async resource() {
      const listed = await client.listResources();
      assert(listed.resources.some((resource) => resource.uri === 'test://static-text'));
      const read = await client.readResource({ uri: 'test://static-text' });
      assert.equal(typeof read.contents[0].text, 'string');
    },
    async prompt() {
      const prompt = await client.getPrompt({
        name: 'old__test_prompt_with_arguments',
        arguments: { arg1: 'one', arg2: 'two' },
      });
      assert(JSON.stringify(prompt.messages).includes('two'));
    },
    async completion() {
      const ref = { type: 'ref/prompt', name: 'old__test_prompt_with_arguments' };
      const completed = await client.complete({ ref, argument: { name: 'arg1', value: 't' } });
      assert.deepEqual(completed.completion.values, ['test']);
    },
    async progress() {
      const seen = [];
      const options = { onprogress: (progress) => seen.push(progress.progress) };
      await client.callTool({ name: 'old__test_tool_with_progress', arguments: {} }, options);
      assert.deepEqual(seen, [0, 50, 100]);
    },
    async 'question of an older server'() {
      await questioned(client, 'old__test_elicitation', { message: 'Who?' });
    },
    async 'question of a newer server'() {
      await questioned(client, 'new__test_input_required_result_elicitation', {});
    },
    async 'questions of the SDKs'() {
      for (const sdk of SDKS) await questioned(client, `${sdk}__get_name`, {});
    },
    async cancel() {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      const cut = client.callTool({ name: 'old__test_tool_with_progress', arguments: {} }, { signal: stop.signal });
      await assert.rejects(cut);
      await client.callTool({ name: 'old__test_simple_text', arguments: {} });
    },
    async refusal() {
      await assert.rejects(client.readResource({ uri: 'test://nothing' }));
    },
    async revision() {
      assert.equal(client.revision(), expected);
    },
  };
  for (const [name, one] of Object.entries(checks)) {
    await within(name, one());
    console.log(name);
  }
}

/** The endpoint: `http URL`, or `stdio COMMAND ARGUMENT…`. */
export function endpoint() {
  const [kind, first, ...rest] = process.argv.slice(2);
  assert(kind === 'http' || kind === 'stdio', 'usage: http URL | stdio COMMAND ARGUMENT…');
  return { isHttp: kind === 'http', url: first, command: first, args: rest };
}
