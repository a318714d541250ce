// Neon's own client for JavaScript, used on the simulated Neon: lists, reads,
// makes, changes, restores and deletes. Arguments: address, key, organization.
import assert from "node:assert/strict";
import { createApiClient } from "@neondatabase/api-client";

const [baseURL, apiKey, orgId] = process.argv.slice(2);
const api = createApiClient({ apiKey, baseURL });

// settle waits until nothing of a project runs any more, as Neon asks for.
async function settle(projectId, operations) {
  for (const { id } of operations) {
    for (;;) {
      const { data } = await api.getProjectOperation(projectId, id);
      if (data.operation.status === "finished") break;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}

const { data: list } = await api.listProjects({ org_id: orgId, limit: 5 });
assert.equal(list.projects.length, 5);
assert.ok(list.pagination.cursor);

const { data: made } = await api.createProject({
  project: { name: "made by a stranger", region_id: "aws-eu-central-1", org_id: orgId, settings: { quota: { active_time_seconds: 3600 } } },
});
const id = made.project.id;
assert.equal(made.branch.name, "main");
assert.match(made.connection_uris[0].connection_uri, /^postgresql:\/\/neondb_owner:npg_\w+@ep-/);
await settle(id, made.operations);

const { data: read } = await api.getProject(id);
assert.equal(read.project.settings.quota.active_time_seconds, 3600);
const { data: patched } = await api.updateProject(id, { project: { name: "renamed", settings: { quota: { active_time_seconds: 0 } } } });
assert.equal(patched.project.name, "renamed");

const { data: dev } = await api.createProjectBranch(id, { branch: { name: "dev" }, endpoints: [{ type: "read_write" }] });
assert.equal(dev.branch.parent_id, made.branch.id);
assert.equal(dev.endpoints.length, 1);
await settle(id, dev.operations);

const { data: reset } = await api.restoreProjectBranch(id, dev.branch.id, { source_branch_id: made.branch.id, preserve_under_name: "dev_old" });
assert.equal(reset.branch.current_state, "resetting");
await settle(id, reset.operations);
const { data: after } = await api.getProjectBranch(id, dev.branch.id);
assert.equal(after.branch.current_state, "ready");

const { data: branches } = await api.listProjectBranches({ projectId: id });
assert.deepEqual(branches.branches.map((b) => b.name).sort(), ["dev", "dev_old", "main"]);

const { data: role } = await api.createProjectBranchRole(id, made.branch.id, { role: { name: "reader" } });
await settle(id, role.operations);
const { data: database } = await api.createProjectBranchDatabase(id, made.branch.id, { database: { name: "reports", owner_name: "reader" } });
await settle(id, database.operations);
const { data: uri } = await api.getConnectionUri({ projectId: id, database_name: "reports", role_name: "reader", pooled: true });
assert.ok(uri.uri.includes(`reader:${role.role.password}@`) && uri.uri.includes("-pooler."), uri.uri);

const { data: gone } = await api.deleteProjectBranch({ projectId: id, branchId: dev.branch.id });
await settle(id, gone.operations);
assert.equal((await api.deleteProjectBranch({ projectId: id, branchId: dev.branch.id })).status, 204);
await api.deleteProject(id);
await assert.rejects(api.getProject(id), (err) => err.response.status === 404);
