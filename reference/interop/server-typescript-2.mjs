// A server on the current TypeScript SDK: one tool that answers, one that asks
// its client first.
import { McpServer, acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const reads = { readOnlyHint: true, openWorldHint: false };
const form = z.object({ name: z.string() });
const said = (text) => ({ content: [{ type: 'text', text }] });

function build() {
  const server = new McpServer({ name: 'typescript-2', version: '1' });
  server.registerTool(
    'greet',
    { description: 'Greets.', inputSchema: z.object({ name: z.string() }), annotations: reads },
    async ({ name }) => said(`Hello, ${name}.`),
  );
  server.registerTool(
    'get_name',
    { description: 'Asks for a name.', inputSchema: z.object({}), annotations: reads },
    async (_, context) => {
      const given = acceptedContent(context.mcpReq.inputResponses, 'who', form);
      if (given) return said(`You are ${given.name}.`);
      return inputRequired({
        inputRequests: { who: inputRequired.elicit({ message: 'Who are you?', requestedSchema: form }) },
      });
    },
  );
  return server;
}

serveStdio(build);
