// The previous TypeScript SDK (@modelcontextprotocol/sdk 1.x) as a client.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { answer, check, endpoint } from './checks.mjs';

const { isHttp, url, command, args } = endpoint();
const transport = isHttp
  ? new StreamableHTTPClientTransport(new URL(url))
  : new StdioClientTransport({ command, args });
let agreed;
const setVersion = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (version) => {
  agreed = version;
  setVersion?.(version);
};
const client = new Client({ name: 'interop', version: '1' }, { capabilities: { elicitation: {} } });
client.setRequestHandler(ElicitRequestSchema, async () => answer());
await client.connect(transport);
const callTool = client.callTool.bind(client);
client.callTool = (params, options) => callTool(params, undefined, options);
client.revision = () => agreed;
await check(client, '2025-11-25');
await client.close();
