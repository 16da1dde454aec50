// Findings as text with a code frame, as JSON, or as annotations of GitHub.
import { existsSync, readFileSync } from 'node:fs';
import type { Finding } from '../spec/finding.ts';

/** Text for people: place, rule, message, the lines around it, and a hint. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings
    .map((f) =>
      [
        `${f.file}:${f.line}:${f.column}  ${f.severity}  ${f.rule}  ${f.message}`,
        ...frame(f),
        ...(f.hint ? [`   hint: ${f.hint}`] : []),
      ].join('\n'),
    )
    .join('\n\n');
}

function frame(finding: Finding): string[] {
  if (finding.rule === 'file-unreadable' || !existsSync(finding.file)) return [];
  const lines = readFileSync(finding.file, 'utf8').split('\n');
  const shown: string[] = [];
  for (let n = Math.max(1, finding.line - 1); n <= Math.min(lines.length, finding.line); n++)
    shown.push(`${String(n).padStart(5)} | ${lines[n - 1]}`);
  shown.push(`      | ${' '.repeat(finding.column - 1)}${'^'.repeat(Math.min(finding.length, 60))}`);
  return shown;
}

/** Workflow commands that GitHub shows beside the line. */
export function githubFindings(findings: readonly Finding[]): string {
  const encode = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => encode(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return findings
    .map(
      (f) =>
        `::${f.severity} file=${property(f.file)},line=${f.line},col=${f.column},title=${f.rule}::${encode(f.message)}`,
    )
    .join('\n');
}
