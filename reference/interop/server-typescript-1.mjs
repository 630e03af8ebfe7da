// A server on the previous TypeScript SDK: one tool that answers, one that
// asks its client first.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const reads = { readOnlyHint: true, openWorldHint: false };
const said = (text) => ({ content: [{ type: 'text', text }] });
const server = new McpServer({ name: 'typescript-1', version: '1' });
server.registerTool(
  'greet',
  { description: 'Greets.', inputSchema: { name: z.string() }, annotations: reads },
  async ({ name }) => said(`Hello, ${name}.`),
);
server.registerTool(
  'get_name',
  { description: 'Asks for a name.', inputSchema: {}, annotations: reads },
  async () => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    const answer = await server.server.elicitInput({ message: 'Who are you?', requestedSchema });
    return said(`You are ${answer.content.name}.`);
  },
);
await server.connect(new StdioServerTransport());
