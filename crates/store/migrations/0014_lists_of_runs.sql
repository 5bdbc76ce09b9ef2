-- Lists of runs by robot and by status, newest first: of an organization with very many runs none but those is read.
CREATE INDEX runs_of_robots ON runs (organization_id, robot_id, id);
CREATE INDEX runs_by_status ON runs (organization_id, status, id);
