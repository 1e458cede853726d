export { ReportDialog as ReportProblem } from "./ReportDialog";
export { ReportedProblems } from "./ReportedProblems";
