// The current TypeScript SDK (@modelcontextprotocol/client) as a client.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { answer, check, endpoint } from './checks.mjs';

const { isHttp, url, command, args } = endpoint();
const transport = isHttp
  ? new StreamableHTTPClientTransport(new URL(url))
  : new StdioClientTransport({ command, args });
const client = new Client(
  { name: 'interop', version: '1' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', async () => answer());
await client.connect(transport);
client.revision = () => client.getNegotiatedProtocolVersion();
await check(client, '2026-07-28');
await client.close();
