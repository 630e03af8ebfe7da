// Estimated tokens against counted ones, by kind of text. Prints rows of the
// table in README.md. The weights are those of crates/model/src/tokens.rs.
const fs = require('fs');
const path = require('path');
const tokenizers = ['o200k_base', 'cl100k_base'].map((name) => require(`gpt-tokenizer/encoding/${name}`));

const root = path.join(__dirname, '../..');
const LEAST_TOKENS = 100; // Shorter files say little.

function weight(c) {
  const code = c.codePointAt(0);
  if (/[a-z]/.test(c)) return 3;
  if (/[A-Z]/.test(c)) return 5;
  if (c === ' ') return 1;
  if (code < 0x80) return 8;
  if (code < 0x300) return 10;
  if (code < 0x1100) return 12;
  return code < 0x1f000 ? 14 : 30;
}

const estimated = (text) => Math.ceil([...text].reduce((sum, c) => sum + weight(c), 0) / 12);
const counted = (text) => Math.max(...tokenizers.map((it) => it.encode(text, { allowedSpecial: 'all' }).length));

function files(directory, endings) {
  return fs.readdirSync(path.join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) return files(name, endings);
    return endings.some((ending) => name.endsWith(ending)) ? [name] : [];
  });
}

const kinds = {
  'prose (Markdown)': [...files('docs', ['.md']), 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  Rust: [...files('crates/plan/src', ['.rs']), ...files('crates/engine/src', ['.rs'])],
  'JSON Schema': files('schemas', ['.json']),
  prompts: files('crates/plan/tests/prompts', ['.txt']),
  'labelled queries (JSON lines)': files('crates/demo/eval', ['.jsonl']),
  "the demo's workspace": files('crates/demo/workspace', ['.py', '.md', '.json', '.toml', '.sql', '.txt', '.diff', '.jsonl']),
};
for (const [kind, names] of Object.entries(kinds)) {
  const rows = names.map((name) => fs.readFileSync(path.join(root, name), 'utf8')).map((text) => [estimated(text), counted(text)]);
  const sum = (at) => rows.reduce((total, row) => total + row[at], 0);
  const lowest = Math.min(...rows.filter((row) => row[1] >= LEAST_TOKENS).map((row) => row[0] / row[1]));
  console.log(`| ${kind} | ${(sum(0) / sum(1)).toFixed(2)} | ${lowest.toFixed(2)} |`);
}
const lines = {
  German: 'Die Besprechung über die Änderung der Wiederholungsregeln wurde auf nächste Woche verschoben, weil Zahlen fehlen.',
  Polish: 'Zespół postanowił utrzymać domyślny limit czasu i wrócić do sprawy w przyszłym tygodniu.',
  Russian: 'Команда решила оставить время ожидания без изменений и вернуться к вопросу позже.',
  Chinese: '团队决定保留默认的超时时间，下周再讨论其他问题。',
  Japanese: 'チームは既定のタイムアウトを維持し、来週また話し合うことにした。',
  Hindi: 'टीम ने डिफ़ॉल्ट समय सीमा बनाए रखने का निर्णय लिया',
  'random identifiers': '3f2a9c41b7e05d86ac1f9e7742d0b5c8e6a1937f 01HZX8K3Q2V7M4N5P6R8S9T0AB',
  'dates and numbers': '1732281600 3.14159265 2026-11-22T12:40:00Z 10.0.0.17',
};
for (const [kind, line] of Object.entries(lines)) console.log(`| ${kind}, one line | ${(estimated(line) / counted(line)).toFixed(2)} | |`);
