import { http } from '../../lib/middleware/http.ts';
import { problemPage } from '../../lib/middleware/problem.ts';
import { createProblems } from './problems.ts';
import { problemPath } from './schema.ts';

const problems = createProblems({ pageOf: problemPage });

export const handler = http((request) => problems(request.path(problemPath)), {
  headers: { 'cache-control': 'max-age=300' },
});
