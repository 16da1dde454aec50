// Findings as text with a code frame, as JSON, or as annotations of GitHub.
import { existsSync, readFileSync } from 'node:fs';
import { type Finding, redact } from '../spec/finding.ts';

/** Text for people: place, rule, message, the lines around it, and a hint. Lines of the file can hold secrets: they are masked. */
export function formatFindings(findings: readonly Finding[], secrets: readonly string[]): string {
  return findings
    .map((f) =>
      [
        `${f.file}:${f.line}:${f.column}  ${f.severity}  ${f.rule}  ${f.message}`,
        ...frame(f, secrets),
        ...(f.hint ? [`   hint: ${f.hint}`] : []),
      ].join('\n'),
    )
    .join('\n\n');
}

/** Widest line of a code frame, and how much of it stands before the place. */
const FRAME_COLUMNS = 140;
const FRAME_BEFORE = 70;

function frame(finding: Finding, secrets: readonly string[]): string[] {
  if (finding.rule === 'file-unreadable' || !existsSync(finding.file)) return [];
  const lines = readFileSync(finding.file, 'utf8').split('\n');
  const masked = (text: string) => redact(text, secrets).replaceAll(/\p{Cc}/gu, ' ');
  // A long line is cut so that the place stays in sight: after masking, as half a secret would not be known again.
  const at = masked((lines[finding.line - 1] ?? '').slice(0, finding.column - 1)).length;
  const from = at > FRAME_COLUMNS - 20 ? at - FRAME_BEFORE : 0;
  const shown: string[] = [];
  for (let n = Math.max(1, finding.line - 1); n <= Math.min(lines.length, finding.line); n++)
    shown.push(
      `${String(n).padStart(5)} | ${masked(lines[n - 1]!)
        .slice(from, from + FRAME_COLUMNS)
        .trimEnd()}`,
    );
  shown.push(`      | ${' '.repeat(at - from)}${'^'.repeat(Math.min(finding.length, 60))}`);
  return shown;
}

/** Workflow commands that GitHub shows beside the line. */
export function githubFindings(findings: readonly Finding[]): string {
  const encode = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => encode(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return findings
    .map(
      (f) =>
        `::${f.severity} file=${property(f.file)},line=${f.line},col=${f.column},title=${f.rule}::${encode(f.hint === undefined ? f.message : `${f.message}\nhint: ${f.hint}`)}`,
    )
    .join('\n');
}
