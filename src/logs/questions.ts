/** All questions, in the order of the summary: the most important first. */
import type { Question, QuestionName } from "./question.ts";
import { denials } from "./questions/denials.ts";
import { oldKey } from "./questions/old-key.ts";
import { propagation } from "./questions/propagation.ts";
import { remints } from "./questions/remints.ts";
import { request } from "./questions/request.ts";
import { ungated } from "./questions/ungated.ts";
import { who } from "./questions/who.ts";

export const SUMMARY: readonly Question[] = [ungated, denials, oldKey, propagation, remints, who];

export const QUESTIONS: ReadonlyMap<QuestionName, Question> = new Map(
  [...SUMMARY, request].map((question) => [question.name, question]),
);
