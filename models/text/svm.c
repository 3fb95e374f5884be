/* Every label's machine is a task of its own (train/hinge.h), so the weights do not depend on the threads. */
#include "text/svm.h"

#include "models/error.h"
#include "text/dataset.h"
#include "text/planes.h"
#include "train/hinge.h"
#include "train/pool.h"

enum { PASSES = 100 };

#define TOLERANCE 0.1

static const float costs[] = {0.1f, 0.3f, 1.0f};

struct machines {
	struct model_planes_problem *problem;
	double *losses; /* (K) */
};

static void machine_task(size_t label, void *user)
{
	const struct machines *job = user;
	const struct model_planes_problem *problem = job->problem;
	size_t n = problem->train->n, dim = problem->train->dim, labels = problem->labels;
	g_autofree int8_t *sides = g_new(int8_t, n + 1);
	g_autofree float *weighed = g_new(float, n + 1), *alphas = g_new(float, n + 1), *w = g_new(float, dim + 1);
	for (size_t i = 0; i < n; i++) {
		sides[i] = problem->texts[i].label == (int32_t)label ? 1 : -1;
		weighed[i] = MAX(problem->cost * problem->texts[i].weight, 1e-6f);
	}
	struct model_hinge hinge = {problem->train, sides, weighed, TOLERANCE, PASSES, problem->seed + label};
	job->losses[label] = model_hinge_solve(&hinge, alphas, w, &problem->bias[label]);
	for (size_t i = 0; i < dim; i++)
		problem->weights[i * labels + label] = w[i];
}

/* The second of two machines is the first one turned round. */
static void mirror(const struct model_planes_problem *problem)
{
	for (size_t i = 0; i < problem->train->dim; i++)
		problem->weights[2 * i + 1] = -problem->weights[2 * i];
	problem->bias[1] = -problem->bias[0];
}

static void learn(struct model_planes_problem *problem, struct model_pool *pool)
{
	size_t machines = problem->labels == 2 ? 1 : problem->labels;
	g_autofree double *losses = g_new0(double, machines);
	struct machines job = {problem, losses};
	model_pool_run(pool, machines, machine_task, &job);
	if (problem->labels == 2)
		mirror(problem);
	problem->loss = 0;
	for (size_t k = 0; k < machines; k++)
		problem->loss += losses[k] / (double)machines;
}

static struct model_member *train(struct model_lesson *lesson, GError **error)
{
	static const struct model_planes_method method = {&model_svm, costs, G_N_ELEMENTS(costs), learn};
	if (lesson->targets) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DATA, "svm learns labels, not the answers of a team");
		return NULL;
	}
	return model_planes_train(&method, lesson, error);
}

static struct model_member *open(const struct model_source *source, GError **error)
{
	return model_planes_open(&model_svm, source, error);
}

const struct model_member_ops model_svm = {
    .arch = "svm",
    .fast = true,
    .train = train,
    .open = open,
    .save = model_planes_save,
    .free = model_planes_free,
    .work_new = model_planes_work_new,
    .work_free = model_planes_work_free,
    .run = model_planes_run,
    .explain = model_planes_explain,
};
